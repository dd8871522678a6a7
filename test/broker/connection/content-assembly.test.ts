import { expect, test } from 'vitest';
import type { BrokerNode } from '../../../src/broker/broker-node.ts';
import type { Channel } from '../../../src/broker/connection/channel.ts';
import { ContentAssembly } from '../../../src/broker/connection/content-assembly.ts';
import { ContentReceiver } from '../../../src/broker/connection/content-receiver.ts';
import { IncomingMessage } from '../../../src/broker/message/incoming-message.ts';
import { ByteWriter } from '../../../src/protocol/byte-writer.ts';
import { encodeContentHeader } from '../../../src/protocol/content-header.ts';
import { ContentHeaderScan } from '../../../src/protocol/content-header-scan.ts';
import { createMethod } from '../../../src/protocol/create-method.ts';
import { encodeMethodFrame } from '../../../src/protocol/frame-writer.ts';

const NAMES = Buffer.from('\x00\x01q', 'latin1');

function header(bodyBytes: number): Buffer {
  const writer = new ByteWriter();
  encodeContentHeader(writer, bodyBytes, {});
  return writer.take();
}

function begun(bodyBytes: number, frameMaxBytes = 131_072): ContentAssembly {
  const assembly = new ContentAssembly(frameMaxBytes);
  assembly.begin(NAMES, 0, NAMES.length);
  const payload = header(bodyBytes);
  assembly.header(payload, 0, payload.length, bodyBytes);
  return assembly;
}

test('a header that promises much costs little until the body arrives', () => {
  const assembly = begun(16 << 20);
  expect(assembly.buffer.length).toBeLessThan(64 * 1024);
  expect(assembly.body(Buffer.alloc(100), 0, 100)).toBe(false);
  expect(assembly.buffer.length).toBeLessThan(64 * 1024);
});

test('memory stays within twice of what arrived', () => {
  const assembly = begun(16 << 20);
  const part = Buffer.alloc(100_000);
  let arrived = 0;
  while (assembly.fits(part.length) && !assembly.body(part, 0, part.length)) {
    arrived += part.length;
    expect(assembly.buffer.length).toBeLessThan(2 * arrived + 200_000);
  }
});

test('body frames of one octet become few frames', () => {
  const assembly = begun(20_000, 4096);
  const octet = Buffer.of(1);
  for (let i = 0; i < 19_999; i++) expect(assembly.body(octet, 0, 1)).toBe(false);
  expect(assembly.body(octet, 0, 1)).toBe(true);
  expect(assembly.end).toBeLessThan(20_000 + 100 + 8 * 6);
  expect(assembly.isIdle).toBe(true);
});

test('empty body frames cost nothing and complete nothing', () => {
  const assembly = begun(5);
  const before = assembly.end;
  for (let i = 0; i < 1000; i++) expect(assembly.body(NAMES, 1, 1)).toBe(false);
  expect(assembly.end).toBe(before);
});

test('more than the announced size does not fit', () => {
  const assembly = begun(10);
  expect(assembly.fits(11)).toBe(false);
  assembly.body(Buffer.alloc(4), 0, 4);
  expect(assembly.fits(7)).toBe(false);
  expect(assembly.fits(6)).toBe(true);
});

test('a large buffer is given up behind its message', () => {
  const assembly = new ContentAssembly(131_072);
  const channel = { assembly, publishing: { publish: () => undefined } } as unknown as Channel;
  const node = {
    message: new IncomingMessage(),
    scan: new ContentHeaderScan(),
    settings: { maxMessageBytes: 1 << 20 },
  } as unknown as BrokerNode;
  const receiver = new ContentReceiver(node);
  for (const bodyBytes of [60_000, 100]) {
    const publish = encodeMethodFrame(1, createMethod('basic.publish', { routingKey: 'q' }));
    receiver.begin(channel, publish, 7, publish.length - 1);
    const payload = header(bodyBytes);
    receiver.header(channel, payload, 0, payload.length);
    receiver.body(channel, Buffer.alloc(bodyBytes), 0, bodyBytes);
    expect(assembly.isIdle).toBe(true);
    expect(assembly.buffer.length).toBeLessThanOrEqual(16 * 1024);
  }
});
