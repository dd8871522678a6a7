import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type ChannelModel } from 'amqplib';
import { afterEach, expect, test } from 'vitest';
import { ConfigError } from '../src/config/config.ts';
import { type RunningBroker, type StartOptions, startBroker } from '../src/node.ts';

const running: RunningBroker[] = [];
const directories: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((broker) => broker.close()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function start(options: StartOptions): Promise<RunningBroker> {
  const broker = await startBroker({ port: 0, ...options });
  running.push(broker);
  return broker;
}

function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-node-'));
  directories.push(directory);
  return directory;
}

async function connect(url: string): Promise<ChannelModel> {
  const client = await amqp.connect(url);
  // A forced close at the end of a test is an 'error' event there.
  client.on('error', () => {});
  return client;
}

async function publish(url: string, queue: string, body: string): Promise<void> {
  const client = await connect(url);
  const channel = await client.createConfirmChannel();
  await channel.assertQueue(queue, { durable: true });
  channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
  await client.close();
}

async function get(url: string, queue: string): Promise<string | undefined> {
  const client = await connect(url);
  const channel = await client.createChannel();
  await channel.assertQueue(queue, { durable: true });
  const message = await channel.get(queue, { noAck: true });
  await client.close();
  return message === false ? undefined : message.content.toString();
}

test('a client publishes and gets through a broker in memory', async () => {
  const broker = await start({ memory: true });
  expect(broker.url).toBe(`amqp://guest:guest@127.0.0.1:${broker.port}`);
  await publish(broker.url, 'q', 'hello');
  expect(await get(broker.url, 'q')).toBe('hello');
});

test('brokers in one process share nothing', async () => {
  const [one, other] = await Promise.all([start({ memory: true }), start({ memory: true })]);
  expect(one.port).not.toBe(other.port);
  await publish(one.url, 'q', 'in one');
  expect(await get(other.url, 'q')).toBeUndefined();
  expect(await get(one.url, 'q')).toBe('in one');
});

test('what was confirmed is there after close and start, with users and permissions', async () => {
  const dataDir = dataDirectory();
  const first = await start({ dataDir });
  await publish(first.url, 'q', 'kept');
  await first.close();
  const second = await start({ dataDir });
  expect(await get(second.url, 'q')).toBe('kept');
});

test('the default user is made at the first start only', async () => {
  const dataDir = dataDirectory();
  const first = await start({ dataDir, config: { default_user: 'ann', default_pass: 'one' } });
  expect(first.url).toContain('amqp://ann:one@');
  await first.close();
  const second = await start({ dataDir });
  await expect(amqp.connect(second.url)).rejects.toThrow(/ACCESS_REFUSED|403/);
  await (await connect(`amqp://ann:one@127.0.0.1:${second.port}`)).close();
});

test('given users replace the default one, with their permissions', async () => {
  const permissions = { configure: '^a-', write: '.*', read: '.*' };
  const users = [{ name: 'ann', password: 'p@ss', permissions }];
  const broker = await start({ memory: true, users });
  await publish(broker.url, 'a-q', 'x');
  await expect(publish(broker.url, 'b-q', 'x')).rejects.toThrow(/ACCESS_REFUSED/);
  const guest = `amqp://guest:guest@127.0.0.1:${broker.port}`;
  await expect(amqp.connect(guest)).rejects.toThrow(/ACCESS_REFUSED|403/);
});

test('close ends connections with CONNECTION_FORCED, once, and frees the port', async () => {
  const broker = await start({ memory: true });
  const client = await connect(broker.url);
  const closed = once(client, 'close');
  const { port } = broker;
  await Promise.all([broker.close(), broker.close()]);
  expect(String(await closed)).toMatch(/CONNECTION_FORCED/);
  await start({ memory: true, port });
});

test('rejects when the port is taken, and leaves the data directory free', async () => {
  const { port } = await start({ memory: true });
  const dataDir = dataDirectory();
  await expect(start({ port, dataDir })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await start({ dataDir });
});

test('rejects when another broker has the data directory', async () => {
  const dataDir = dataDirectory();
  await start({ dataDir });
  await expect(start({ dataDir })).rejects.toMatchObject({ name: 'StoreError', code: 'locked' });
});

test('rejects with every mistake in its settings', async () => {
  const wrong = startBroker({ port: 70_000, memory: true, config: { heartbeet: 1 } });
  await expect(wrong).rejects.toThrow(ConfigError);
  await expect(wrong).rejects.toThrow(/listeners.tcp.default.*\n.*did you mean heartbeat/);
});

test('settings reach the client', async () => {
  const config = { 'product.name': 'Other', frame_max: 5_000, heartbeat: 17, channel_max: 9 };
  const broker = await start({ memory: true, config });
  const client = await connect(broker.url);
  expect(client.connection.serverProperties).toMatchObject({ product: 'Other' });
  await client.close();
});

test('a memory alarm blocks publishers, and ends with the broker', async () => {
  const config = { 'vm_memory_high_watermark.absolute': 1 };
  const broker = await start({ memory: true, config });
  const client = await connect(broker.url);
  const blocked = once(client, 'blocked');
  const channel = await client.createChannel();
  channel.publish('', 'nowhere', Buffer.from('x'));
  expect(await blocked).toEqual(['low on memory']);
});

test('says nothing unless it has a log, and then tells of refused logins', async () => {
  const lines: string[] = [];
  const note = (_fields: object, message: string) => void lines.push(message);
  const log = { debug: note, info: note, warn: note, error: note };
  const broker = await start({ memory: true, log });
  await expect(amqp.connect(broker.url.replace('guest:guest', 'guest:no'))).rejects.toThrow();
  expect(lines).toContain('login refused');
});
