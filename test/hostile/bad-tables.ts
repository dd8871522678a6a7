// Bad fields inside methods: tables that lie about length, nest without end or use unknown types,
// strings that are not UTF-8, methods that are too short, too long or unknown.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import {
  EMPTY_TABLE,
  entry,
  header,
  longString,
  method,
  nestedTable,
  shortString,
  table,
  u8,
  u16,
  u32,
  u64,
} from './wire.ts';

const DROPPED: Outcome = { end: 'dropped' };
const undecodable = (classId: number, methodId: number): Outcome => ({
  end: 'connection',
  code: 501,
  text: /^FRAME_ERROR - cannot decode /,
  on: [classId, methodId],
});
/** RabbitMQ's connection process dies of these; an honest 501 (or 503) harms no client. */
const better = (classId: number, methodId: number): Pick<BadInput, 'expected' | 'rabbit'> => ({
  expected: undecodable(classId, methodId),
  rabbit: DROPPED,
});
const tooDeep = (classId: number, methodId: number): Outcome => ({
  end: 'connection',
  code: 502,
  text: 'SYNTAX_ERROR - field table is nested deeper than 32',
  on: [classId, methodId],
});
const MALFORMED_UTF8: Outcome = {
  end: 'connection',
  code: 501,
  text: 'FRAME_ERROR - Malformed UTF-8 in shortstr',
  on: [0, 0],
};
const unknownMethod = (
  classId: number,
  methodId: number,
): Pick<BadInput, 'expected' | 'rabbit'> => ({
  expected: { end: 'connection', code: 503, text: /^COMMAND_INVALID/, on: [classId, methodId] },
  rabbit: DROPPED,
});

const declareWith = (argumentTable: Buffer): Buffer =>
  client.queueDeclare(1, '', client.EXCLUSIVE, argumentTable);

const TABLES: BadInput[] = [
  {
    name: 'a table longer than its frame',
    stage: 'channel',
    bytes: declareWith(Buffer.concat([u32(5000), Buffer.from('\x01at\x01', 'latin1')])),
    expected: undecodable(50, 10),
  },
  {
    name: 'a table of 4 GiB',
    stage: 'channel',
    bytes: declareWith(Buffer.concat([u32(0xffffffff), Buffer.from('\x01at\x01', 'latin1')])),
    expected: undecodable(50, 10),
  },
  {
    name: 'a table shorter than its entries',
    stage: 'channel',
    bytes: declareWith(Buffer.concat([u32(3), entry('abc', 't', u8(1))])),
    expected: undecodable(50, 10),
    rabbit: 'unchecked',
  },
  {
    name: 'a table length of three octets',
    stage: 'channel',
    bytes: method(1, 50, 10, u16(0), shortString(''), u8(4), Buffer.from([0, 0, 0])),
    expected: undecodable(50, 10),
  },
  {
    name: 'an entry name longer than its table',
    stage: 'channel',
    bytes: declareWith(table(Buffer.from('\x20abc', 'latin1'))),
    ...better(50, 10),
  },
  {
    name: 'an entry without type and value',
    stage: 'channel',
    bytes: declareWith(table(shortString('abc'))),
    ...better(50, 10),
  },
  {
    name: 'an int32 of two octets',
    stage: 'channel',
    bytes: declareWith(table(entry('n', 'I', u16(5)))),
    ...better(50, 10),
  },
  {
    name: 'an int64 of seven octets',
    stage: 'channel',
    bytes: declareWith(table(entry('n', 'l', u64(5).subarray(1)))),
    ...better(50, 10),
  },
  {
    name: 'a long string longer than its table',
    stage: 'channel',
    bytes: declareWith(table(entry('s', 'S', Buffer.concat([u32(100), Buffer.from('abc')])))),
    ...better(50, 10),
  },
  {
    name: 'a long string of 4 GiB in a table',
    stage: 'channel',
    bytes: declareWith(table(entry('s', 'S', u32(0xffffffff)))),
    ...better(50, 10),
  },
  {
    name: 'an inner table longer than the outer',
    stage: 'channel',
    bytes: declareWith(table(entry('t', 'F', u32(64)))),
    ...better(50, 10),
  },
  {
    name: 'an array longer than its table',
    stage: 'channel',
    bytes: declareWith(
      table(entry('a', 'A', Buffer.concat([u32(77), Buffer.from('t\x01', 'latin1')]))),
    ),
    ...better(50, 10),
  },
  {
    name: 'an unknown type octet Z',
    stage: 'channel',
    bytes: declareWith(table(entry('z', 'Z', u32(0)))),
    ...better(50, 10),
  },
  {
    name: 'the type octet 0',
    stage: 'channel',
    bytes: declareWith(table(entry('z', '\0', u32(0)))),
    ...better(50, 10),
  },
  {
    name: 'an unknown type octet inside an array',
    stage: 'channel',
    bytes: declareWith(table(entry('a', 'A', table(Buffer.from('U\x00\x01', 'latin1'))))),
    ...better(50, 10),
  },
  {
    name: 'tables 33 levels deep',
    stage: 'channel',
    bytes: declareWith(nestedTable(34)),
    expected: tooDeep(50, 10),
    rabbit: { end: 'tolerated', replies: [[50, 11]] },
  },
  {
    name: 'tables 18,000 levels deep in one frame',
    stage: 'channel',
    bytes: declareWith(nestedTable(18_000)),
    expected: tooDeep(50, 10),
    rabbit: { end: 'tolerated', replies: [[50, 11]] },
  },
  {
    name: 'arrays 25,000 levels deep in one frame',
    stage: 'channel',
    bytes: declareWith(table(entry('a', 'A', nestedArrays(25_000)))),
    expected: tooDeep(50, 10),
    rabbit: { end: 'tolerated', replies: [[50, 11]] },
  },
  {
    name: 'deep tables in client properties',
    stage: 'started',
    bytes: client.startOk('PLAIN', '\0guest\0guest', nestedTable(1100)),
    expected: tooDeep(10, 11),
    rabbit: 'unchecked',
  },
  {
    name: 'argument names __proto__ and constructor',
    stage: 'channel',
    bytes: declareWith(
      table(entry('__proto__', 't', u8(1)), entry('constructor', 'S', longString('x'))),
    ),
    expected: { end: 'tolerated', replies: [[50, 11]] },
  },
  {
    name: 'the same argument twice',
    stage: 'channel',
    bytes: declareWith(table(entry('x', 't', u8(1)), entry('x', 't', u8(0)))),
    expected: { end: 'tolerated', replies: [[50, 11]] },
  },
  {
    name: 'an argument with an empty name',
    stage: 'channel',
    bytes: declareWith(table(entry('', 't', u8(1)))),
    expected: { end: 'tolerated', replies: [[50, 11]] },
  },
  {
    name: 'a long string that is not UTF-8',
    stage: 'channel',
    bytes: declareWith(table(entry('x-foo', 'S', longString(Buffer.from([0xff, 0xfe]))))),
    expected: { end: 'tolerated', replies: [[50, 11]] },
  },
];

/** Arrays are one type octet and one length per level. */
function nestedArrays(depth: number): Buffer {
  const bytes = Buffer.alloc(4 + (depth - 1) * 5);
  for (let level = 0; level < depth; level++) {
    const at = level * 5;
    bytes.writeUInt32BE(bytes.length - at - 4, at);
    if (level < depth - 1) bytes.write('A', at + 4, 'latin1');
  }
  return bytes;
}

const FIELDS: BadInput[] = [
  {
    name: 'queue.declare without its arguments',
    stage: 'channel',
    bytes: method(1, 50, 10, u16(0), shortString('q'), u8(0)),
    expected: undecodable(50, 10),
  },
  {
    name: 'queue.declare without any field',
    stage: 'channel',
    bytes: method(1, 50, 10),
    expected: undecodable(50, 10),
  },
  {
    name: 'queue.declare with one octet too many',
    stage: 'channel',
    bytes: method(1, 50, 10, u16(0), shortString('q'), u8(0), EMPTY_TABLE, u8(0)),
    expected: undecodable(50, 10),
  },
  {
    name: 'a short string longer than its frame',
    stage: 'channel',
    bytes: method(1, 50, 10, u16(0), Buffer.from([255, 65, 66])),
    expected: undecodable(50, 10),
  },
  {
    name: 'basic.publish cut inside the routing key',
    stage: 'channel',
    bytes: method(1, 60, 40, u16(0), shortString(''), Buffer.from([9, 65])),
    expected: undecodable(60, 40),
  },
  {
    name: 'basic.publish without its bits',
    stage: 'channel',
    bytes: method(1, 60, 40, u16(0), shortString(''), shortString('q')),
    expected: undecodable(60, 40),
  },
  {
    name: 'basic.publish with one octet too many',
    stage: 'channel',
    bytes: method(1, 60, 40, u16(0), shortString(''), shortString('q'), u8(0), u8(0)),
    expected: undecodable(60, 40),
  },
  {
    name: 'basic.ack with half a delivery tag',
    stage: 'channel',
    bytes: method(1, 60, 80, u32(1)),
    expected: undecodable(60, 80),
  },
  {
    name: 'basic.ack with two octets too many',
    stage: 'channel',
    bytes: method(1, 60, 80, u64(1), u8(0), u16(0)),
    expected: undecodable(60, 80),
  },
  {
    name: 'channel.close without a text',
    stage: 'channel',
    bytes: method(1, 20, 40, u16(200)),
    expected: undecodable(20, 40),
  },
  {
    name: 'connection.close without a text',
    stage: 'open',
    bytes: method(0, 10, 50, u16(200)),
    expected: undecodable(10, 50),
    rabbit: { end: 'connection', code: 541, text: 'INTERNAL_ERROR' },
  },
  {
    name: 'a queue name that is not UTF-8',
    stage: 'channel',
    bytes: client.queueDeclare(1, Buffer.from([0x61, 0xff, 0xfe])),
    expected: MALFORMED_UTF8,
  },
  {
    name: 'an exchange name that is cut UTF-8',
    stage: 'channel',
    bytes: client.exchangeDeclare(1, Buffer.from([0x61, 0xe2, 0x82]), 'direct'),
    expected: MALFORMED_UTF8,
  },
  {
    name: 'a routing key with an overlong slash',
    stage: 'channel',
    bytes: Buffer.concat([
      client.publish(1, 'amq.direct', Buffer.from([0xc0, 0xaf])),
      header(1, 0),
    ]),
    expected: MALFORMED_UTF8,
    // RabbitMQ checks the names of queues and exchanges only.
    rabbit: { end: 'tolerated' },
  },
  {
    name: 'a routing key with a surrogate half',
    stage: 'channel',
    bytes: Buffer.concat([
      client.publish(1, 'amq.direct', Buffer.from([0xed, 0xa0, 0x80])),
      header(1, 0),
    ]),
    expected: MALFORMED_UTF8,
    // RabbitMQ checks the names of queues and exchanges only.
    rabbit: { end: 'tolerated' },
  },
  {
    name: 'a queue name of 255 NULs',
    stage: 'channel',
    bytes: client.queueDeclare(1, Buffer.alloc(255), client.EXCLUSIVE),
    expected: { end: 'tolerated', replies: [[50, 11]] },
  },
];

const IDS: BadInput[] = [
  { name: 'class 0', stage: 'channel', bytes: method(1, 0, 0), ...unknownMethod(0, 0) },
  {
    name: 'class 70',
    stage: 'channel',
    bytes: method(1, 70, 10, u16(0)),
    ...unknownMethod(70, 10),
  },
  {
    name: 'method 99 of class queue',
    stage: 'channel',
    bytes: method(1, 50, 99, EMPTY_TABLE),
    ...unknownMethod(50, 99),
  },
  {
    name: 'class 65535 method 65535',
    stage: 'channel',
    bytes: method(1, 65535, 65535),
    ...unknownMethod(65535, 65535),
  },
  {
    name: 'method 99 of class connection',
    stage: 'open',
    bytes: method(0, 10, 99),
    ...unknownMethod(10, 99),
  },
  {
    name: 'an unknown method on a channel never opened',
    stage: 'open',
    bytes: method(9, 77, 1),
    ...unknownMethod(77, 1),
  },
];

export const BAD_TABLES: readonly BadInput[] = [...TABLES, ...FIELDS, ...IDS];
