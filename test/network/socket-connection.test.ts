import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { readBytes, type SocketPair, socketPair, until } from './socket-pair.ts';

let pair: SocketPair;

afterEach(() => pair.close());

/** More than the kernel's socket buffers can ever hold. */
const HUGE_BYTES = 64 * 2 ** 20;

test('a chunk for which write() returned true may be overwritten at once', async () => {
  pair = await socketPair();
  const chunk = Buffer.alloc(4_096);
  let reusable = 0;
  for (let i = 0; i < 16; i += 1) {
    chunk.fill(i);
    if (!pair.connection.write(chunk)) break;
    reusable += 1;
    chunk.fill(0xff);
  }
  // The peer reads nothing yet: what arrives can only be what the kernel copied inside write().
  expect(reusable).toBe(16);
  expect(pair.connection.pendingBytes).toBe(0);
  const bytes = await readBytes(pair.peer, 16 * 4_096);
  for (let i = 0; i < 16; i += 1) expect(bytes[i * 4_096 + 4_095]).toBe(i);
});

test('a chunk for which write() returned false is read from that memory until drained()', async () => {
  pair = await socketPair();
  pair.peer.pause();
  const chunk = Buffer.alloc(HUGE_BYTES, 1);
  expect(pair.connection.write(chunk)).toBe(false);
  expect(pair.connection.pendingBytes).toBe(HUGE_BYTES);
  expect(pair.events).toEqual([]);
  // The proof that the memory is still in use: the end of it is changed now, and the peer sees it.
  chunk[HUGE_BYTES - 1] = 2;
  const bytes = await readBytes(pair.peer, HUGE_BYTES);
  expect(bytes[HUGE_BYTES - 1]).toBe(2);
  await until(() => pair.events.length > 0);
  expect(pair.events).toEqual(['drained']);
  expect(pair.connection.pendingBytes).toBe(0);
});

test('chunks behind a waiting one wait, too, and one drained() ends it for all', async () => {
  pair = await socketPair();
  pair.peer.pause();
  const behind = Buffer.from('behind');
  expect(pair.connection.write(Buffer.alloc(HUGE_BYTES, 1))).toBe(false);
  expect(pair.connection.write(behind)).toBe(false);
  expect(pair.connection.write(behind)).toBe(false);
  expect(pair.connection.pendingBytes).toBe(HUGE_BYTES + 12);
  const bytes = await readBytes(pair.peer, HUGE_BYTES + 12);
  expect(bytes.subarray(HUGE_BYTES).toString()).toBe('behindbehind');
  await until(() => pair.events.length > 0);
  expect(pair.events).toEqual(['drained']);
  expect(pair.connection.write(behind)).toBe(true);
});

test('delivers what the peer sends, and nothing while reading is paused', async () => {
  pair = await socketPair();
  pair.peer.write('one');
  await until(() => pair.received.length > 0);
  pair.connection.pauseReading();
  pair.peer.write('two');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(Buffer.concat(pair.received).toString()).toBe('one');
  pair.connection.resumeReading();
  await until(() => pair.received.length > 1);
  expect(Buffer.concat(pair.received).toString()).toBe('onetwo');
});

test('end() sends what was written, then FIN, and takes no more input', async () => {
  pair = await socketPair();
  const ended = once(pair.peer, 'end');
  const bytes = readBytes(pair.peer, 5);
  pair.connection.write(Buffer.from('close'));
  pair.connection.end();
  pair.peer.write('too late');
  expect((await bytes).toString()).toBe('close');
  await ended;
  await pair.closed;
  expect(pair.received).toEqual([]);
  expect(pair.events).toEqual(['closed']);
});

test('end() while reading is paused still sees the peer go', async () => {
  pair = await socketPair();
  pair.connection.pauseReading();
  pair.connection.end();
  await pair.closed;
  expect(pair.events).toEqual(['closed']);
});

test('closed() comes once after destroy(), and writes after it are dropped', async () => {
  pair = await socketPair();
  pair.connection.destroy();
  pair.connection.destroy();
  pair.connection.end();
  expect(pair.connection.write(Buffer.from('x'))).toBe(true);
  await pair.closed;
  await new Promise((resolve) => setImmediate(resolve));
  expect(pair.events).toEqual(['closed']);
});

test('closed() comes once when the peer resets, also with writes pending', async () => {
  pair = await socketPair();
  pair.peer.pause();
  expect(pair.connection.write(Buffer.alloc(HUGE_BYTES))).toBe(false);
  pair.peer.resetAndDestroy();
  await pair.closed;
  expect(pair.events).toEqual(['closed']);
});

test('closed() comes when the peer ends', async () => {
  pair = await socketPair();
  pair.peer.end();
  await pair.closed;
  expect(pair.events).toEqual(['closed']);
});

test('knows both addresses', async () => {
  pair = await socketPair();
  const { connection, peer } = pair;
  expect(connection.remoteAddress).toBe('127.0.0.1');
  expect(connection.remotePort).toBe(peer.localPort);
  expect(connection.localAddress).toBe('127.0.0.1');
  expect(connection.localPort).toBe(peer.remotePort);
  expect(connection.isLoopback).toBe(true);
});
