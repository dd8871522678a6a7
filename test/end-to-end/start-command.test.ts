import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import amqp, { type ChannelModel } from 'amqplib';
import { afterEach, expect, test, vi } from 'vitest';
import { cleanUp, temporaryDirectory, warren, warrenWithDescriptors } from './warren-process.ts';

afterEach(cleanUp);

const ports = ['--amqp-port', '0', '--management-port', '0', '--prometheus-port', '0'];
const inMemory = ['start', '--memory', ...ports];

function onDisk(directory: string): string[] {
  return ['start', '--data-dir', directory, ...ports];
}

async function connect(url: string): Promise<ChannelModel> {
  const client = await amqp.connect(url);
  client.on('error', () => {});
  return client;
}

async function publishConfirmed(url: string, body: string): Promise<void> {
  const channel = await (await connect(url)).createConfirmChannel();
  await channel.assertQueue('q', { durable: true });
  channel.sendToQueue('q', Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
}

async function get(url: string): Promise<string | undefined> {
  const channel = await (await connect(url)).createChannel();
  const message = await channel.get('q', { noAck: true });
  return message === false ? undefined : message.content.toString();
}

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
  '%s ends clients with 320 and the process with 0',
  async (signal) => {
    const child = warren(inMemory);
    const client = await connect(await child.ready());
    const closed = once(client, 'close');
    child.kill(signal);
    expect(String(await closed)).toContain('CONNECTION_FORCED');
    expect(await child.ended()).toBe(0);
  },
);

test('what describes the API and its metrics is part of what was built', async () => {
  const child = warren(inMemory);
  await child.ready();
  const [url] = /http:[^ ,]+/.exec(child.stdout) ?? [];
  for (const path of ['openapi.json', 'alert-rules.yaml', 'grafana-dashboard.json']) {
    const { status } = await fetch(`${url}/api/x/${path}`);
    expect([path, status]).toEqual([path, 200]);
  }
  child.kill('SIGTERM');
  expect(await child.ended()).toBe(0);
});

test('standard output holds the ready line only, standard error JSON lines', async () => {
  const child = warren(inMemory);
  const client = await connect(await child.ready());
  await client.close();
  child.kill('SIGTERM');
  expect(await child.ended()).toBe(0);
  expect(child.stdout).toMatch(
    /^WarrenMQ \d+\.\d+\.\d+ ready: amqp:\/\/127\.0\.0\.1:\d+, http:\/\/127\.0\.0\.1:\d+, http:\/\/127\.0\.0\.1:\d+\/metrics \(in memory only\)\n$/,
  );
  const lines = child.stderr.trim().split('\n');
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: expect.any(String) });
  }
  expect(lines.at(-1)).toContain('stopped');
});

test.each<NodeJS.Signals>(['SIGTERM', 'SIGKILL'])(
  'what was confirmed is there after %s',
  async (signal) => {
    const directory = temporaryDirectory();
    const first = warren(onDisk(directory));
    await publishConfirmed(await first.ready(), 'kept');
    first.kill(signal);
    expect(await first.ended()).toBe(signal === 'SIGTERM' ? 0 : 'SIGKILL');
    const second = warren(onDisk(directory));
    expect(await get(await second.ready())).toBe('kept');
  },
);

test('all mistakes of the configuration, one line each, exit code 78', async () => {
  const file = join(temporaryDirectory(), 'warren.conf');
  writeFileSync(file, 'heartbeat = soon\nframe_mux = 1\n');
  const flags = ['start', '--config', file, '--amqp-port', '65536'];
  const child = warren(flags, { WARREN_CHANNEL_MAX: 'x' });
  expect(await child.ended()).toBe(78);
  expect(child.stdout).toBe('');
  const lines = child.stderr.trim().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(`${file}:1: heartbeat must be a whole number from 0 to 65535, not "soon"`);
  expect(lines[1]).toContain('did you mean frame_max?');
});

test('a key that has no effect is one warning, not a refusal', async () => {
  const file = join(temporaryDirectory(), 'warren.conf');
  writeFileSync(file, 'management.ssl.port = 15671\n');
  const child = warren([...inMemory, '--config', file]);
  await child.ready();
  expect(JSON.parse(child.stderr.split('\n')[0] ?? '')).toMatchObject({
    level: 'warn',
    msg: expect.stringContaining('management.ssl.port'),
  });
});

test('a port in use: one line, exit code 69', async () => {
  const { port } = new URL((await warren(inMemory).ready()).replace('amqp:', 'http:'));
  const http = ['--management-port', '0', '--prometheus-port', '0'];
  const child = warren(['start', '--memory', '--amqp-port', port, ...http]);
  expect(await child.ended()).toBe(69);
  expect(child.stderr).toBe(
    `cannot listen on 127.0.0.1:${port}: the port is in use by another process\n`,
  );
});

test('a data directory in use: one line, exit code 75', async () => {
  const directory = temporaryDirectory();
  await warren(onDisk(directory)).ready();
  const child = warren(onDisk(directory));
  expect(await child.ended()).toBe(75);
  expect(child.stderr.trim().split('\n')).toHaveLength(1);
  expect(child.stderr).toContain(directory);
});

/** A data directory that was used and closed. */
async function usedDirectory(): Promise<string> {
  const directory = temporaryDirectory();
  const child = warren(onDisk(directory));
  await publishConfirmed(await child.ready(), 'x');
  child.kill('SIGTERM');
  expect(await child.ended()).toBe(0);
  return directory;
}

/** The one file that says the version of the format. */
function formatFile(directory: string): string {
  const names = readdirSync(directory).filter((name) =>
    readFileSync(join(directory, name), 'latin1').startsWith('{"format":"warrenmq"'),
  );
  expect(names).toHaveLength(1);
  return join(directory, names[0] ?? '');
}

test('data of a newer version: one line, exit code 71', async () => {
  const directory = await usedDirectory();
  writeFileSync(formatFile(directory), '{"format":"warrenmq","version":99}\n');
  const child = warren(onDisk(directory));
  expect(await child.ended()).toBe(71);
  expect(child.stderr.trim().split('\n')).toHaveLength(1);
});

test('damaged data: one line, exit code 65', async () => {
  const directory = await usedDirectory();
  writeFileSync(formatFile(directory), 'scribble');
  const child = warren(onDisk(directory));
  expect(await child.ended()).toBe(65);
  expect(child.stderr.trim().split('\n')).toHaveLength(1);
});

test('a data directory that cannot be one: one line, exit code 74', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  const child = warren(onDisk(file));
  expect(await child.ended()).toBe(74);
  expect(child.stderr.trim().split('\n')).toHaveLength(1);
});

test('wrong use: exit code 64; help and version: 0', async () => {
  expect(await warren(['start', '--nonsense']).ended()).toBe(64);
  expect(await warren(['nonsense']).ended()).toBe(64);
  expect(await warren(['--help']).ended()).toBe(0);
  const child = warren(['--version']);
  expect(await child.ended()).toBe(0);
  expect(child.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('out of file descriptors: clients are served, new ones refused, and taken again later', async () => {
  const child = warrenWithDescriptors(150, inMemory);
  const url = await child.ready();
  const first = await connect(url);
  const others: ChannelModel[] = [];
  let refusal: unknown;
  while (refusal === undefined && others.length < 300) {
    await connect(url).then(
      (client) => others.push(client),
      (error: unknown) => {
        refusal = error;
      },
    );
  }
  expect(refusal).toBeInstanceOf(Error);
  expect(others.length).toBeGreaterThan(0);
  const channel = await first.createChannel();
  await channel.assertQueue('still-served');
  expect(child.stderr.match(/no file descriptors for more/g)).toHaveLength(1);
  await Promise.all(others.map((client) => client.close()));
  // The broker learns of the closed sockets a moment after their clients.
  const later = await vi.waitFor(() => connect(url), { timeout: 20_000, interval: 50 });
  await later.close();
});

test('no line of the log is lost at the end, and none changes places', async () => {
  const child = warren(inMemory);
  const url = await child.ready();
  const clients = await Promise.all(Array.from({ length: 40 }, () => connect(url)));
  await expect(connect(url.replace('guest:guest', 'guest:wrong'))).rejects.toThrow();
  await Promise.all(clients.map((client) => client.close()));
  child.kill('SIGTERM');
  expect(await child.ended()).toBe(0);
  const messages = child.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg as string);
  const count = (message: string) => messages.filter((one) => one === message).length;
  expect(count('connection opened')).toBe(40);
  expect(count('connection closed')).toBe(40);
  expect(messages.indexOf('login refused')).toBe(messages.lastIndexOf('connection opened') + 1);
  expect(messages.indexOf('connection closed')).toBeGreaterThan(messages.indexOf('login refused'));
  expect(messages.at(-1)).toBe('stopped');
});
