import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startManaged, withManagement } from '../../support/management/management-client.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warren-load-'));
  path = join(directory, 'definitions.json');
});

afterEach(() => rmSync(directory, { recursive: true }));

function write(definitions: unknown): void {
  writeFileSync(path, JSON.stringify(definitions));
}

const ann = { name: 'ann', password: 'p', tags: 'administrator' };

test.each(['load_definitions', 'management.load_definitions', 'definitions.local.path'])(
  '%s brings definitions in at the start',
  async (key) => {
    write({ users: [ann], vhosts: [{ name: 'v' }] });
    await withManagement(
      async ({ api }) => {
        expect((await api.get('/vhosts/v', { login: 'ann:p' })).status).toBe(200);
        // The users are those of the file.
        expect((await api.get('/whoami')).status).toBe(401);
      },
      { config: { [key]: path } },
    );
  },
);

test('a file without users leaves the default one', async () => {
  write({ vhosts: [{ name: 'v' }] });
  await withManagement(async ({ api }) => expect((await api.get('/vhosts/v')).status).toBe(200), {
    config: { load_definitions: path },
  });
});

test('what is wrong is logged, and the rest is there', async () => {
  write({
    queues: [
      { name: 'q', vhost: 'nope' },
      { name: 'r', vhost: '/' },
    ],
  });
  const lines: [object, string][] = [];
  const take = (fields: object, message: string) => lines.push([fields, message]);
  const log = { debug: take, info: take, warn: take, error: take };
  await withManagement(
    async ({ api }) => {
      expect((await api.get('/definitions')).json.queues).toHaveLength(1);
    },
    { config: { load_definitions: path }, log },
  );
  expect(lines).toContainEqual([
    { path, section: 'queues', name: 'nope/q', reason: 'no_such_vhost: nope' },
    'a definition is wrong',
  ]);
  expect(lines).toContainEqual([
    { path, imported: { queues: 1 }, unchanged: 0, skipped: 0, errors: 1 },
    'definitions are loaded',
  ]);
});

test('a file that is none keeps the node from starting', async () => {
  writeFileSync(path, '{');
  await expect(startManaged({ config: { load_definitions: path } })).rejects.toMatchObject({
    name: 'ConfigError',
  });
});

test('what was brought in is there after a restart without the file', async () => {
  write({ users: [ann], vhosts: [{ name: 'v', description: 'd', tags: ['a'] }] });
  const dataDir = join(directory, 'data');
  const options = { dataDir, memory: false };
  await withManagement(async () => {}, { ...options, config: { load_definitions: path } });
  await withManagement(async ({ api }) => {
    const { json } = await api.get('/vhosts/v', { login: 'ann:p' });
    expect(json).toMatchObject({ description: 'd', tags: ['a'] });
  }, options);
});
