// Well-formed methods with impossible values: delivery tags, names, arguments, flags.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import {
  EMPTY_TABLE,
  entry,
  header,
  longString,
  method,
  shortString,
  table,
  u8,
  u16,
  u32,
} from './wire.ts';

const channelError = (
  code: number,
  text: string | RegExp,
  classId: number,
  methodId: number,
): Outcome => ({
  end: 'channel',
  code,
  text,
  on: [classId, methodId],
});
const connectionError = (
  code: number,
  text: string | RegExp,
  classId: number,
  methodId: number,
): Outcome => ({
  end: 'connection',
  code,
  text,
  on: [classId, methodId],
});

const TICKET = u16(0);

const unknownTag = (tag: string, classId: number, methodId: number): Outcome =>
  // Tags above 2^53 are far from any that was issued; their last digit may be rounded in the text.
  channelError(
    406,
    new RegExp(`^PRECONDITION_FAILED - unknown delivery tag ${tag}$`),
    classId,
    methodId,
  );

const TAGS: BadInput[] = [
  {
    name: 'ack of a tag never issued',
    stage: 'channel',
    bytes: client.ack(1, 1),
    expected: unknownTag('1', 60, 80),
  },
  {
    name: 'ack of tag 0',
    stage: 'channel',
    bytes: client.ack(1, 0),
    expected: unknownTag('0', 60, 80),
  },
  {
    name: 'ack of tag 2^63',
    stage: 'channel',
    bytes: client.ack(1, 2n ** 63n),
    expected: unknownTag('9223372036854775808', 60, 80),
  },
  {
    name: 'ack of tag 2^64-1, multiple',
    stage: 'channel',
    bytes: client.ack(1, 2n ** 64n - 1n, true),
    expected: unknownTag('1844674407370955161[56]', 60, 80),
  },
  {
    name: 'ack of tag 2^53+1',
    stage: 'channel',
    bytes: client.ack(1, 2n ** 53n + 1n),
    expected: unknownTag('900719925474099[23]', 60, 80),
  },
  {
    name: 'ack of tag 0, multiple, with nothing unacked',
    stage: 'channel',
    bytes: client.ack(1, 0, true),
    expected: { end: 'tolerated' },
  },
  {
    name: 'nack of a tag never issued',
    stage: 'channel',
    bytes: client.nack(1, 5, 3),
    expected: unknownTag('5', 60, 120),
  },
  {
    name: 'reject of a tag never issued',
    stage: 'channel',
    bytes: client.reject(1, 5, true),
    expected: unknownTag('5', 60, 90),
  },
  {
    name: 'the same ack twice',
    stage: 'channel',
    bytes: Buffer.concat([
      client.queueDeclare(1, '', client.EXCLUSIVE),
      client.publish(1, 'amq.direct', 'nowhere'),
      header(1, 0),
      client.ack(1, 1),
      client.ack(1, 1),
    ]),
    expected: unknownTag('1', 60, 80),
  },
];

const NAMES_AND_VALUES: BadInput[] = [
  {
    name: 'a reserved queue name',
    stage: 'channel',
    bytes: client.queueDeclare(1, 'amq.hostile'),
    expected: channelError(
      403,
      "ACCESS_REFUSED - queue name 'amq.hostile' contains reserved prefix 'amq.*'",
      50,
      10,
    ),
  },
  {
    name: 'a reserved exchange name',
    stage: 'channel',
    bytes: client.exchangeDeclare(1, 'amq.hostile', 'direct'),
    expected: channelError(
      403,
      "ACCESS_REFUSED - exchange name 'amq.hostile' contains reserved prefix 'amq.*'",
      40,
      10,
    ),
  },
  {
    name: 'a binding to the default exchange',
    stage: 'channel',
    bytes: Buffer.concat([
      client.queueDeclare(1, '', client.EXCLUSIVE),
      client.queueBind(1, '', '', 'k'),
    ]),
    expected: channelError(
      403,
      'ACCESS_REFUSED - operation not permitted on the default exchange',
      50,
      20,
    ),
  },
  {
    name: 'a queue called __proto__, not there',
    stage: 'channel',
    bytes: client.queueDeclare(1, '__proto__', client.PASSIVE),
    expected: channelError(404, "NOT_FOUND - no queue '__proto__' in vhost '/'", 50, 10),
  },
  {
    name: 'an exchange called constructor, not there',
    stage: 'channel',
    bytes: client.exchangeDeclare(1, 'constructor', '', client.PASSIVE),
    expected: channelError(404, "NOT_FOUND - no exchange 'constructor' in vhost '/'", 40, 10),
  },
  {
    name: 'an exchange type called toString',
    stage: 'channel',
    bytes: client.exchangeDeclare(1, 'hostile-x', 'toString'),
    expected: channelError(
      406,
      /^PRECONDITION_FAILED - (unknown|invalid) exchange type 'toString'$/,
      40,
      10,
    ),
    rabbit: connectionError(
      503,
      /^COMMAND_INVALID - (unknown|invalid) exchange type 'toString'$/,
      40,
      10,
    ),
  },
  {
    name: 'an empty exchange type',
    stage: 'channel',
    bytes: client.exchangeDeclare(1, 'hostile-x', ''),
    expected: channelError(
      406,
      /^PRECONDITION_FAILED - (unknown|invalid) exchange type ''$/,
      40,
      10,
    ),
    rabbit: connectionError(503, /^COMMAND_INVALID - (unknown|invalid) exchange type ''$/, 40, 10),
  },
  {
    name: 'prefetch-size',
    stage: 'channel',
    bytes: client.qos(1, 4294967295, 1),
    expected: connectionError(540, 'NOT_IMPLEMENTED - prefetch_size!=0 (4294967295)', 60, 10),
  },
  {
    name: 'immediate',
    stage: 'channel',
    bytes: Buffer.concat([client.publish(1, '', 'q', client.IMMEDIATE), header(1, 0)]),
    expected: connectionError(540, 'NOT_IMPLEMENTED - immediate=true', 60, 40),
  },
  {
    name: 'recover without requeue',
    stage: 'channel',
    bytes: method(1, 60, 110, u8(0)),
    expected: connectionError(540, 'NOT_IMPLEMENTED - requeue=false', 60, 110),
  },
  {
    name: 'a consumer tag twice',
    stage: 'channel',
    bytes: Buffer.concat([
      client.queueDeclare(1, '', client.EXCLUSIVE),
      client.consume(1, '', 'twice'),
      client.consume(1, '', 'twice'),
    ]),
    expected: connectionError(530, "NOT_ALLOWED - attempt to reuse consumer tag 'twice'", 60, 20),
  },
  {
    name: 'get from a queue never declared on the channel',
    stage: 'channel',
    bytes: client.get(1, ''),
    expected: channelError(404, 'NOT_FOUND - no previously declared queue', 60, 70),
  },
  {
    name: 'x-expires 0',
    stage: 'channel',
    bytes: client.queueDeclare(
      1,
      'hostile-a',
      client.EXCLUSIVE,
      table(entry('x-expires', 'I', u32(0))),
    ),
    expected: channelError(
      406,
      /^PRECONDITION_FAILED - invalid arg 'x-expires' for queue 'hostile-a' in vhost '\/'/,
      50,
      10,
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'x-queue-type of a wrong type',
    stage: 'channel',
    bytes: client.queueDeclare(
      1,
      'hostile-a',
      client.EXCLUSIVE,
      table(entry('x-queue-type', 'I', u32(7))),
    ),
    expected: channelError(
      406,
      /^PRECONDITION_FAILED - invalid arg 'x-queue-type' for queue 'hostile-a' in vhost '\/'/,
      50,
      10,
    ),
  },
  {
    name: 'x-priority of a wrong type',
    stage: 'channel',
    bytes: Buffer.concat([
      client.queueDeclare(1, '', client.EXCLUSIVE),
      client.consume(1, '', 'c', 0, table(entry('x-priority', 'S', longString('high')))),
    ]),
    expected: channelError(
      406,
      /^PRECONDITION_FAILED - invalid arg 'x-priority' for queue 'amq\.gen-.*"expected integer, got longstr"$/,
      60,
      20,
    ),
  },
  {
    name: 'unbinding what was never bound',
    stage: 'channel',
    bytes: method(
      1,
      50,
      50,
      TICKET,
      shortString('hostile-no'),
      shortString('hostile-no'),
      shortString(''),
      EMPTY_TABLE,
    ),
    expected: { end: 'tolerated', replies: [[50, 51]] },
  },
  {
    name: 'cancel of an unknown tag',
    stage: 'channel',
    bytes: method(1, 60, 30, shortString('nobody'), u8(0)),
    expected: { end: 'tolerated', replies: [[60, 31]] },
  },
  {
    name: 'all reserved bits of queue.declare set',
    stage: 'channel',
    bytes: client.queueDeclare(1, '', 0xe0 | client.EXCLUSIVE),
    expected: { end: 'tolerated', replies: [[50, 11]] },
  },
];

export const BAD_VALUES: readonly BadInput[] = [...TAGS, ...NAMES_AND_VALUES];
