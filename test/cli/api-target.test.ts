import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ConnectionFlags, findApi } from '../../src/cli/api-target.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warren-target-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const askPassword = vi.fn(async (user: string) => `asked of ${user}`);

function find(flags: ConnectionFlags, environment: Record<string, string> = {}) {
  const terminal = { environment: { HOME: directory, ...environment } } as unknown as Terminal;
  return findApi(flags, terminal, askPassword);
}

const login = (authorization: string | undefined) =>
  Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64').toString();

test('guest on this machine when nothing is given', async () => {
  const target = await find({});
  expect(target).toMatchObject({ host: '127.0.0.1', port: 15_672, user: 'guest', basePath: '' });
  expect(login(target.authorization)).toBe('guest:guest');
});

test.each<[ConnectionFlags, Record<string, string>, string, string]>([
  [{ url: 'http://a:1', user: 'u', password: 'p' }, {}, 'http://a:1', 'u:p'],
  [{ url: 'http://u:p%40@a:1' }, {}, 'http://a:1', 'u:p@'],
  [{ url: 'http://u:p@a:1', user: 'v' }, {}, 'http://a:1', 'v:asked of v'],
  [{}, { WARREN_URL: 'https://b', WARREN_USER: 'u', WARREN_PASSWORD: 'p' }, 'https://b', 'u:p'],
  [{ user: 'u' }, { WARREN_PASSWORD: 'p' }, 'http://127.0.0.1:15672', 'u:p'],
  [{ url: 'http://a:1' }, { WARREN_URL: 'http://b:1' }, 'http://a:1', 'guest:guest'],
  [{ url: 'http://a', user: 'u' }, {}, 'http://a', 'u:asked of u'],
])('%j with %j is %s as %s', async (flags, environment, shown, credentials) => {
  const target = await find(flags, environment);
  expect(target.shown).toBe(shown);
  expect(login(target.authorization)).toBe(credentials);
});

test.each([
  ['http://a/warren/', '/warren'],
  ['http://a/warren/api/', '/warren'],
  ['http://a/', ''],
])('%s has the prefix "%s"', async (url, basePath) => {
  expect((await find({ url })).basePath).toBe(basePath);
});

test('ports follow from the scheme, brackets do not belong to an address', async () => {
  expect(await find({ url: 'https://a' })).toMatchObject({ port: 443, isSecure: true });
  expect(await find({ url: 'http://[::1]:5' })).toMatchObject({ host: '::1', port: 5 });
});

test('a data directory with a socket goes before guest, but not before --url or --user', async () => {
  const socketPath = join(directory, 'management.sock');
  writeFileSync(socketPath, '');
  const ofEnvironment = { WARREN_DATA_DIR: directory };
  expect(await find({}, ofEnvironment)).toMatchObject({ socketPath, user: undefined });
  expect(await find({ dataDir: directory })).toMatchObject({ socketPath });
  expect((await find({ url: 'http://a' }, ofEnvironment)).socketPath).toBeUndefined();
  expect((await find({ user: 'u' }, ofEnvironment)).socketPath).toBeUndefined();
  const config = join(directory, 'warren.conf');
  writeFileSync(config, `data_dir = ${directory}\n`);
  expect(await find({ config })).toMatchObject({ socketPath });
  expect(await find({}, { WARREN_CONFIG_FILE: config })).toMatchObject({ socketPath });
});

test('a directory that is named is meant, whether a broker runs there or not', async () => {
  expect((await find({ dataDir: '/nowhere' })).socketPath).toBe('/nowhere/management.sock');
  expect((await find({}, { WARREN_DATA_DIR: '/nowhere' })).socketPath).toBeUndefined();
});

test('./data is used without being named, but only a socket of this user', async () => {
  const before = process.cwd();
  process.chdir(directory);
  try {
    mkdirSync('data');
    writeFileSync('data/management.sock', '');
    expect((await find({})).socketPath).toBe('data/management.sock');
    vi.spyOn(process, 'getuid').mockReturnValue(65_533);
    expect((await find({})).socketPath).toBeUndefined();
    expect((await find({ dataDir: 'data' })).socketPath).toBe('data/management.sock');
  } finally {
    vi.restoreAllMocks();
    process.chdir(before);
  }
});

test.each<[ConnectionFlags, RegExp]>([
  [{ url: 'localhost:15672' }, /is no URL of a management API/],
  [{ url: 'amqp://localhost' }, /is no URL of a management API/],
  [{ timeout: '0' }, /--timeout: "0" is not a number of seconds from 1 to 86400/],
  [{ config: '/nowhere' }, /--config: \/nowhere cannot be read \(ENOENT\)/],
])('%j is refused', async (flags, message) => {
  await expect(find(flags)).rejects.toThrow(message);
});
