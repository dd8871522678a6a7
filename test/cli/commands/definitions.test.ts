import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
});
afterAll(async () => {
  await world.warren.run(['vhost', 'delete', 'cli-defined', 'cli-copy', '--yes']);
  await world.end();
});

test('export and import of a vhost carry everything over', async () => {
  const { warren } = world;
  const file = join(warren.home, 'definitions.json');
  await warren.ok('vhost', 'add', 'cli-defined');
  await warren.ok('queue', 'declare', 'q', '--max-length', '5', '-p', 'cli-defined');
  await warren.ok('exchange', 'declare', 'x', '--type', 'topic', '-p', 'cli-defined');
  await warren.ok('binding', 'add', 'x', 'q', '-k', 'a.#', '-p', 'cli-defined');
  const exported = await warren.run(['definitions', 'export', file, '-p', 'cli-defined']);
  expect(exported).toMatchObject({ exitCode: 0, stdout: '' });
  expect(exported.stderr).toBe(`Wrote 1 queue, 1 exchange, 1 binding to ${file}\n`);
  // It may hold hashes of passwords.
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await warren.ok('vhost', 'add', 'cli-copy');
  const into = ['definitions', 'import', file, '-p', 'cli-copy'];
  expect((await warren.run([...into, '--dry-run'])).stderr).toBe(
    'Would import 1 queue, 1 exchange, 1 binding\n',
  );
  expect(await warren.ok('queue', 'list', '-q', '-p', 'cli-copy')).toBe('');
  expect(await warren.json(...into)).toMatchObject({ queues: 1, exchanges: 1, bindings: 1 });
  const again = await warren.run(into);
  expect(again.exitCode).toBe(0);
  expect(again.stderr).toMatch(/^Imported 1 queue, 1 exchange, 1 binding/);
  expect(await warren.json('definitions', 'export', '-p', 'cli-copy')).toMatchObject({
    queues: [{ name: 'q', arguments: { 'x-max-length': 5 } }],
    bindings: [{ source: 'x', destination: 'q', routing_key: 'a.#' }],
  });
});

test('the whole goes to standard output, and comes from standard input', async () => {
  const { warren } = world;
  const text = await warren.ok('definitions', 'export');
  const { users, vhosts } = JSON.parse(text);
  expect(users.map(({ name }: { name: string }) => name)).toContain('guest');
  expect(vhosts.map(({ name }: { name: string }) => name)).toContain('/');
  const { exitCode } = await warren.run(['definitions', 'import', '-'], { input: text });
  expect(exitCode).toBe(0);
});

test.each([
  ['nonsense', 65, 'is no JSON object'],
  ['[]', 65, 'is no JSON object'],
])('a file with %s is refused', async (content, code, message) => {
  const file = join(world.warren.home, 'bad.json');
  writeFileSync(file, content);
  const { exitCode, stderr } = await world.warren.run(['definitions', 'import', file]);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(message);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

test('what is there with other properties is left alone and named, the rest comes in', async () => {
  const { warren } = world;
  const file = join(warren.home, 'conflict.json');
  const queue = { vhost: 'cli-copy', durable: true, auto_delete: false, arguments: {} };
  const queues = [
    { ...queue, name: 'q' },
    { ...queue, name: 'new' },
    { ...queue, name: 'lost', vhost: 'cli-nowhere' },
  ];
  writeFileSync(file, JSON.stringify({ queues }));
  const { exitCode, stderr } = await warren.run(['definitions', 'import', file]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^warning: skipped: queues '[^']*q': /m);
  expect(stderr).toMatch(/^warning: not imported: queues '[^']*lost': /m);
  expect(await warren.ok('queue', 'list', '-q', '-p', 'cli-copy')).toBe('new\nq\n');
});

test('a file that cannot be written is wrong usage', async () => {
  const { exitCode, stderr } = await world.warren.run(['definitions', 'export', '/nowhere/file']);
  expect(exitCode).toBe(64);
  expect(stderr).toBe('error: /nowhere/file cannot be written (ENOENT)\n');
});

test('a file that is not there is wrong usage', async () => {
  const { exitCode, stderr } = await world.warren.run(['definitions', 'import', '/nowhere']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('/nowhere cannot be read (ENOENT)');
});
