// Makes hostile sessions from a seed: sequences of well-typed methods with odd values in any order,
// and byte-level mutations of whole sessions.

import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { createMethod, type MethodFieldValue } from '../../src/protocol/create-method.ts';
import type { FieldTable, FieldValue } from '../../src/protocol/field-table.ts';
import { encodeMethod, METHODS } from '../../src/protocol/generated/methods.ts';
import type { MethodSpec, WireType } from '../../src/protocol/method-spec.ts';
import type { SeededRandom } from '../simulation/seeded-random.ts';
import * as client from './methods.ts';
import { body, frame, HEADER, header, heartbeat, METHOD, PROTOCOL_HEADER, u16 } from './wire.ts';

const SPECS = [...METHODS.values()];
const CHANNEL_SPECS = SPECS.filter((spec) => spec.id >>> 16 !== 10 && spec.from !== 'server');
const NAMES = [
  '',
  'q',
  'q',
  'r',
  'amq.direct',
  'amq.topic',
  'amq.fanout',
  'amq.gen-x',
  '__proto__',
  'é',
  '#',
  '*.a.#',
  'a.b',
];
const WORDS = ['direct', 'fanout', 'topic', 'headers', 'x-nothing', 'guest', '/', 'PLAIN'];
const ARGUMENTS = [
  'x-message-ttl',
  'x-expires',
  'x-max-length',
  'x-queue-type',
  'x-match',
  'x-priority',
  'alternate-exchange',
  'x-dead-letter-exchange',
  'CC',
  'constructor',
];

/** The bytes that lead to an open connection. */
export const HANDSHAKE = Buffer.concat([
  PROTOCOL_HEADER,
  client.plainLogin,
  client.tuneOk(),
  client.open(),
]);

/** The same with channels, queues, a message and a consumer. */
export const OPENING = Buffer.concat([
  HANDSHAKE,
  ...Array.from({ length: 8 }, (_, index) => client.channelOpen(index + 1)),
  client.queueDeclare(1, 'q', client.DURABLE),
  client.queueDeclare(1, 'r', client.AUTO_DELETE),
  client.queueBind(1, 'q', 'amq.topic', '#'),
  client.queueBind(1, 'r', 'amq.fanout', ''),
  client.publish(1, '', 'q'),
  header(1, 5, { flags: 0x1000, properties: Buffer.from([2]) }),
  body(1, 'hello'),
  client.consume(8, 'q', 'tag'),
]);

export function typedSession(random: SeededRandom): Buffer[] {
  const frames: Buffer[] = [];
  for (let count = random.between(1, 25); count > 0; count--) frames.push(step(random));
  return frames;
}

function step(random: SeededRandom): Buffer {
  const dice = random.below(100);
  // A channel that was closed for an error ignores the rest, the others go on.
  const channel = dice < 98 ? random.between(1, 8) : random.pick([0, 9, 2047, 2048, 65535]);
  if (dice === 0) return client.channelOpen(random.between(1, 10));
  if (dice === 1) return heartbeat;
  if (dice === 2) return client.channelCloseOk(channel);
  if (dice < 40) return sensible(random, channel);
  const spec = random.chance(98) ? random.pick(CHANNEL_SPECS) : random.pick(SPECS);
  const method = anyMethod(random, spec, channel);
  if (!spec.hasContent || random.chance(5)) return method;
  return Buffer.concat([method, ...anyContent(random, channel)]);
}

/** What most sessions are made of, so that queues, consumers and deliveries are there to be disturbed. */
function sensible(random: SeededRandom, channel: number): Buffer {
  const queue = random.pick(['q', 'r']);
  switch (random.below(7)) {
    case 0:
      return client.consume(channel, queue, `t${random.below(1000)}`, random.pick([0, 2]));
    case 1:
      return client.get(channel, queue, random.chance(50));
    case 2:
      return client.ack(channel, random.below(4), random.chance(50));
    case 3:
      return client.nack(channel, random.below(4), random.below(4));
    case 4:
      return client.queueDeclare(
        channel,
        queue,
        queue === 'q' ? client.DURABLE : client.AUTO_DELETE,
      );
    default: {
      const exchange = random.pick(['', 'amq.topic', 'amq.fanout']);
      const method = client.publish(channel, exchange, queue, random.pick([0, 1]));
      return Buffer.concat([method, ...anyContent(random, channel)]);
    }
  }
}

function anyMethod(random: SeededRandom, spec: MethodSpec, channel: number): Buffer {
  const fields: Record<string, MethodFieldValue> = {};
  for (const field of spec.fields) {
    if (!field.isReserved) fields[field.name] = anyValue(random, field.type);
  }
  const writer = new ByteWriter(256);
  encodeMethod(writer, createMethod(spec.name, fields));
  return frame(METHOD, channel, writer.take());
}

function anyValue(random: SeededRandom, type: WireType): MethodFieldValue {
  switch (type) {
    case 'bit':
      return random.chance(12);
    case 'octet':
      return random.pick([0, 1, 9, 255]);
    case 'short':
      return random.pick([0, 1, 2, 200, 65535]);
    case 'long':
      return random.chance(95) ? 0 : random.pick([1, 4096, 131072, 0xffffffff]);
    case 'longlong':
      return random.pick([0, 1, 1, 2, 3, 2 ** 32, 2 ** 53]);
    case 'shortstr':
      return random.chance(80) ? random.pick(NAMES) : random.pick([...WORDS, 'x'.repeat(255)]);
    case 'longstr':
      return random.bytes(random.below(30));
    case 'table':
      return anyTable(random, 3);
  }
}

function anyTable(random: SeededRandom, depth: number): FieldTable {
  const table = new Map<string, FieldValue>();
  if (random.chance(70)) return table;
  for (let count = random.between(1, 3); count > 0; count--) {
    table.set(random.pick(ARGUMENTS), anyField(random, depth));
  }
  return table;
}

function anyField(random: SeededRandom, depth: number): FieldValue {
  const dice = random.below(depth > 0 ? 8 : 6);
  if (dice === 0) return { type: 't', value: random.chance(50) };
  if (dice === 1) return { type: 'I', value: random.pick([-1, 0, 1, 2 ** 31 - 1]) };
  if (dice === 2) return { type: 'l', value: BigInt(random.uint32()) << 31n };
  if (dice === 3) return { type: 'S', value: Buffer.from(random.pick([...NAMES, ...WORDS])) };
  if (dice === 4) return { type: 'd', value: random.uint32() / 7 };
  if (dice === 5) return { type: 'V', value: undefined };
  if (dice === 6) return { type: 'F', value: anyTable(random, depth - 1) };
  return { type: 'A', value: [anyField(random, depth - 1)] };
}

function anyContent(random: SeededRandom, channel: number): Buffer[] {
  const bodyBytes = random.pick([0, 0, 1, 10, 5000, 70_000]);
  const announced = random.chance(97) ? bodyBytes : random.pick([0, 1, 20_000_000, 2 ** 40]);
  const isPlain = random.chance(95);
  const properties = isPlain ? Buffer.from([random.pick([1, 2])]) : random.bytes(random.below(20));
  const flags = isPlain ? 0x1000 : random.below(65_536);
  const frames = [header(channel, announced, { flags, properties })];
  for (let left = bodyBytes; left > 0; ) {
    const part = Math.min(left, random.pick([1, 4000, 100_000]), 100_000);
    frames.push(body(channel, Buffer.alloc(part, left)));
    left -= part;
    if (frames.length > 30) break;
  }
  return frames;
}

/** A valid-looking session with a handful of its bytes changed. */
export function mutated(random: SeededRandom, session: Buffer): Buffer {
  let bytes = Buffer.from(session);
  for (let count = random.between(1, 4); count > 0; count--) bytes = mutateOnce(random, bytes);
  return bytes;
}

function mutateOnce(random: SeededRandom, bytes: Buffer): Buffer<ArrayBuffer> {
  const at = random.below(Math.max(1, bytes.length));
  const copy = Buffer.from(bytes);
  switch (random.below(8)) {
    case 0:
      if (copy.length > 0) copy[at] = (copy[at] as number) ^ (1 << random.below(8));
      return copy;
    case 1:
      if (copy.length > 0) copy[at] = random.pick([0, 1, 0x7f, 0x80, 0xce, 0xff]);
      return copy;
    case 2:
      return Buffer.concat([
        copy.subarray(0, at),
        random.bytes(random.between(1, 9)),
        copy.subarray(at),
      ]);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + random.between(1, 9))]);
    case 4:
      return copy.subarray(0, at);
    case 5: {
      const piece = copy.subarray(at, at + random.between(1, 60));
      return Buffer.concat([copy.subarray(0, at), piece, copy.subarray(at)]);
    }
    case 6:
      if (at + 4 <= copy.length) {
        const lies = [0, 1, copy.readUInt32BE(at) + 1, 0x7fffffff, 0xffffffff];
        copy.writeUInt32BE(random.pick(lies) >>> 0, at);
      }
      return copy;
    default:
      return Buffer.concat([
        copy.subarray(0, at),
        frame(random.pick([METHOD, HEADER, 4]), 1, u16(60)),
        copy.subarray(at),
      ]);
  }
}
