// The socket in the data directory: who may open it, whom it serves, and that it goes with the broker.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localSocketPath } from '../../src/config/local-socket.ts';
import { type RunningBroker, type StartOptions, startBroker } from '../../src/node.ts';

let directory: string;
let broker: RunningBroker | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warren-socket-'));
});
afterEach(async () => {
  await broker?.close();
  broker = undefined;
  rmSync(directory, { recursive: true });
});

async function start(options: StartOptions = {}): Promise<void> {
  broker = await startBroker({ port: 0, dataDir: directory, management: { port: 0 }, ...options });
}

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

function call(method: string, path: string, headers = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socketPath = localSocketPath(directory);
    request({ socketPath, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    })
      .on('error', reject)
      .end();
  });
}

test('whoever opens it is an administrator without a password', async () => {
  await start();
  const { status, text } = await call('GET', '/api/whoami');
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ name: 'local-administrator', tags: ['administrator'] });
});

test('credentials that are given count', async () => {
  await start();
  const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;
  const right = await call('GET', '/api/whoami', { authorization: basic('guest:guest') });
  expect(JSON.parse(right.text)).toMatchObject({ name: 'guest' });
  const wrong = await call('GET', '/api/whoami', { authorization: basic('guest:wrong') });
  expect(wrong.status).toBe(401);
});

test('neither group nor others may open it', async () => {
  await start();
  expect(statSync(localSocketPath(directory)).mode & 0o777).toBe(0o600);
});

test('a user with its name is nobody special over TCP', async () => {
  await start();
  await broker?.admin.putUser('local-administrator', { password: 'p' });
  const authorization = `Basic ${Buffer.from('local-administrator:p').toString('base64')}`;
  const response = await fetch(`${broker?.managementUrl}/api/vhosts`, {
    headers: { authorization },
  });
  expect(response.status).toBe(401);
});

test('the path prefix of the web is not needed here', async () => {
  await start({ config: { 'management.path_prefix': '/warren' } });
  expect((await call('GET', '/api/whoami')).status).toBe(200);
});

test('it goes with the broker, and one that was left behind is replaced', async () => {
  const path = localSocketPath(directory);
  // A killed process leaves its socket; this one is made by a server that is told not to remove it.
  const left = createServer().listen(path);
  await new Promise((resolve) => left.once('listening', resolve));
  const inode = statSync(path).ino;
  await start();
  expect(statSync(path).ino).not.toBe(inode);
  expect((await call('GET', '/api/whoami')).status).toBe(200);
  await new Promise((resolve) => left.close(resolve));
  await broker?.close();
  expect(existsSync(path)).toBe(false);
});

test('a file that is no socket is left alone, and the broker starts without one', async () => {
  const path = localSocketPath(directory);
  writeFileSync(path, 'mine');
  const warnings: string[] = [];
  const log = {
    debug() {},
    info() {},
    warn: (_: object, text: string) => warnings.push(text),
    error() {},
  };
  await start({ log });
  expect(statSync(path).isFile()).toBe(true);
  expect(warnings).toContain('there is no local socket for management');
});

test.each<[string, StartOptions]>([
  ['nothing is stored on disk', { memory: true }],
  ['the setting says so', { config: { 'management.local_socket': false } }],
])('there is none when %s', async (_, options) => {
  await start(options);
  expect(existsSync(localSocketPath(directory))).toBe(false);
});
