import { expect, test } from 'vitest';
import type { BrokerSettings } from '../../../src/broker/broker-settings.ts';
import { CoreWorld } from '../../support/core/core-world.ts';
import type { MemoryClient } from '../../support/core/memory-transport.ts';

const HEADER = Buffer.from('AMQP\x00\x00\x09\x01', 'latin1');

function started(settings: Partial<BrokerSettings> = {}): [CoreWorld, MemoryClient] {
  const world = new CoreWorld(settings);
  const client = world.connect();
  client.raw(HEADER);
  world.turn();
  expect(client.takeNames()).toEqual(['connection.start']);
  return [world, client];
}

function tuned(settings: Partial<BrokerSettings> = {}): [CoreWorld, MemoryClient] {
  const [world, client] = started(settings);
  client.startOk();
  world.turn();
  expect(client.takeNames()).toEqual(['connection.tune']);
  return [world, client];
}

test('octet by octet up to open-ok', () => {
  const world = new CoreWorld();
  const client = world.connect();
  const recorded: Buffer[] = [];
  const scribe = world.connect();
  scribe.raw = (bytes) => recorded.push(bytes);
  scribe.startConnection();
  for (const octet of Buffer.concat(recorded)) client.raw(Buffer.of(octet));
  world.turn();
  expect(client.takeNames()).toEqual(['connection.start', 'connection.tune', 'connection.open-ok']);
  expect(world.broker.openConnectionCount).toBe(1);
  client.close();
  expect(world.broker.openConnectionCount).toBe(0);
});

test('another protocol is told ours and dropped', () => {
  const world = new CoreWorld();
  const client = world.connect();
  client.raw(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  world.turn();
  expect(client.takeRaw()).toEqual(HEADER);
  expect(client.isEnded).toBe(true);
});

test('a refused login is told to who can understand it, else dropped after three seconds', () => {
  const [world, client] = started();
  client.startOk({ authentication_failure_close: true }, 'wrong');
  world.turn();
  const [close] = client.take();
  expect(close?.name).toBe('connection.close');
  expect(close?.fields).toMatchObject({ replyCode: 403, classId: 0, methodId: 0 });
  const [otherWorld, other] = started();
  other.startOk({}, 'wrong');
  otherWorld.turn();
  expect(other.take()).toEqual([]);
  expect(other.isDestroyed).toBe(false);
  otherWorld.clock.advance(3000);
  expect(other.isDestroyed).toBe(true);
});

test('input behind start-ok waits for the answer of the authentication', () => {
  const [world, client] = started();
  world.access.waiting = [];
  client.startOk();
  client.method('connection.tune-ok', { channelMax: 10, frameMax: 4096 }, 0);
  client.method('connection.open', { virtualHost: '/' }, 0);
  world.turn();
  expect(client.isPaused).toBe(true);
  expect(client.take()).toEqual([]);
  for (const answer of world.access.waiting) answer();
  world.turn();
  expect(client.takeNames()).toEqual(['connection.tune', 'connection.open-ok']);
  expect(client.isPaused).toBe(false);
});

test.each([
  ['frameMax', 4095, 'negotiated frame_max = 4095 is lower than the minimum allowed value (4096)'],
  ['frameMax', 0, 'negotiated frame_max = 0 is higher than the maximum allowed value (131072)'],
  [
    'channelMax',
    2048,
    'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)',
  ],
])('tune-ok out of range: %s %i', (name, value, text) => {
  const [world, client] = tuned();
  client.method('connection.tune-ok', { frameMax: 8192, channelMax: 9, [name]: value }, 0);
  world.turn();
  const [close] = client.take();
  expect(close?.fields).toMatchObject({ replyCode: 530, replyText: `NOT_ALLOWED - ${text}` });
});

test('an unknown vhost and one without permission are refused with 530', () => {
  for (const [virtualHost, text] of [
    ['nowhere', 'NOT_ALLOWED - vhost nowhere not found'],
    ['/', "NOT_ALLOWED - access to vhost '/' refused for user 'guest'"],
  ] as const) {
    const [world, client] = tuned();
    world.access.denied.add('vhost /');
    client.method('connection.tune-ok', { frameMax: 8192, channelMax: 9 }, 0);
    client.method('connection.open', { virtualHost }, 0);
    world.turn();
    const [close] = client.take();
    expect(close?.name).toBe('connection.close');
    expect(close?.fields).toMatchObject({
      replyCode: 530,
      replyText: text,
      classId: 10,
      methodId: 40,
    });
    expect(world.broker.openConnectionCount).toBe(0);
  }
});

test('the node bounds its connections', async () => {
  const world = new CoreWorld({ connectionMax: 1 });
  await world.open();
  const second = world.connect();
  second.startConnection();
  world.turn();
  expect(second.takeNames()).toEqual(['connection.start', 'connection.tune', 'connection.close']);
});

test('a handshake that stops is dropped, and leaves no timer behind', () => {
  const [world, client] = tuned();
  world.clock.advance(9_999);
  expect(client.isDestroyed).toBe(false);
  world.clock.advance(1);
  expect(client.isDestroyed).toBe(true);
  client.close();
  expect(world.clock.timerCount).toBe(0);
});

test('a peer that sends on and on without logging in is dropped', () => {
  const [world, client] = started();
  client.raw(Buffer.concat([Buffer.of(1, 0, 0, 0, 0, 0x1f, 0), Buffer.alloc(33_000)]));
  world.turn();
  expect(client.isDestroyed).toBe(true);
});
