// Well-formed methods at the wrong time, in the wrong direction or with impossible values.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import {
  body,
  EMPTY_TABLE,
  header,
  longString,
  method,
  shortString,
  u8,
  u16,
  u32,
  u64,
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
const UNIMPLEMENTED = (classId: number, methodId: number): Outcome =>
  connectionError(503, 'COMMAND_INVALID - unimplemented method', classId, methodId);
const WHILE_RUNNING = (classId: number, methodId: number): Outcome =>
  connectionError(
    504,
    'CHANNEL_ERROR - unexpected method in connection state running',
    classId,
    methodId,
  );

const DIRECTION: BadInput[] = [
  {
    name: 'queue.declare-ok from a client',
    stage: 'channel',
    bytes: method(1, 50, 11, shortString('q'), u32(0), u32(0)),
    expected: UNIMPLEMENTED(50, 11),
  },
  {
    name: 'channel.open-ok from a client',
    stage: 'channel',
    bytes: method(1, 20, 11, longString('')),
    expected: UNIMPLEMENTED(20, 11),
  },
  {
    name: 'exchange.declare-ok from a client',
    stage: 'channel',
    bytes: method(1, 40, 11),
    expected: UNIMPLEMENTED(40, 11),
  },
  {
    name: 'basic.get-empty from a client',
    stage: 'channel',
    bytes: method(1, 60, 72, shortString('')),
    expected: UNIMPLEMENTED(60, 72),
  },
  {
    name: 'basic.qos-ok from a client',
    stage: 'channel',
    bytes: method(1, 60, 11),
    expected: UNIMPLEMENTED(60, 11),
  },
  {
    name: 'confirm.select-ok from a client',
    stage: 'channel',
    bytes: method(1, 85, 11),
    expected: UNIMPLEMENTED(85, 11),
  },
  {
    name: 'tx.commit-ok from a client',
    stage: 'channel',
    bytes: method(1, 90, 21),
    expected: UNIMPLEMENTED(90, 21),
  },
  {
    name: 'basic.deliver from a client',
    stage: 'channel',
    bytes: Buffer.concat([
      method(1, 60, 60, shortString('t'), u64(1), u8(0), shortString(''), shortString('')),
      header(1, 0),
    ]),
    expected: UNIMPLEMENTED(60, 60),
  },
  {
    name: 'basic.return from a client',
    stage: 'channel',
    bytes: Buffer.concat([
      method(1, 60, 50, u16(312), shortString('NO_ROUTE'), shortString(''), shortString('')),
      header(1, 0),
    ]),
    expected: UNIMPLEMENTED(60, 50),
  },
  {
    name: 'basic.get-ok from a client',
    stage: 'channel',
    bytes: Buffer.concat([
      method(1, 60, 71, u64(1), u8(0), shortString(''), shortString(''), u32(0)),
      header(1, 0),
    ]),
    expected: UNIMPLEMENTED(60, 71),
  },
];

const ORDER: BadInput[] = [
  {
    name: 'start-ok while running',
    stage: 'open',
    bytes: client.plainLogin,
    expected: WHILE_RUNNING(10, 11),
  },
  {
    name: 'tune-ok while running',
    stage: 'open',
    bytes: client.tuneOk(),
    expected: WHILE_RUNNING(10, 31),
  },
  {
    name: 'connection.open while running',
    stage: 'open',
    bytes: client.open(),
    expected: WHILE_RUNNING(10, 40),
  },
  {
    name: 'secure-ok while running',
    stage: 'open',
    bytes: method(0, 10, 21, longString('x')),
    expected: WHILE_RUNNING(10, 21),
  },
  {
    name: 'connection.start from a client',
    stage: 'open',
    bytes: method(0, 10, 10, u8(0), u8(9), EMPTY_TABLE, longString('PLAIN'), longString('en_US')),
    expected: WHILE_RUNNING(10, 10),
  },
  {
    name: 'connection.blocked from a client',
    stage: 'open',
    bytes: method(0, 10, 60, shortString('x')),
    expected: WHILE_RUNNING(10, 60),
  },
  {
    name: 'tx.commit without select',
    stage: 'channel',
    bytes: method(1, 90, 20),
    expected: channelError(406, 'PRECONDITION_FAILED - channel is not transactional', 90, 20),
  },
  {
    name: 'tx.rollback without select',
    stage: 'channel',
    bytes: method(1, 90, 30),
    expected: channelError(406, 'PRECONDITION_FAILED - channel is not transactional', 90, 30),
  },
  {
    name: 'tx.select after confirm.select',
    stage: 'channel',
    bytes: Buffer.concat([method(1, 85, 10, u8(0)), method(1, 90, 10)]),
    expected: channelError(
      406,
      'PRECONDITION_FAILED - cannot switch from confirm to tx mode',
      90,
      10,
    ),
  },
  {
    name: 'confirm.select after tx.select',
    stage: 'channel',
    bytes: Buffer.concat([method(1, 90, 10), method(1, 85, 10, u8(0))]),
    expected: channelError(
      406,
      'PRECONDITION_FAILED - cannot switch from tx to confirm mode',
      85,
      10,
    ),
  },
  {
    name: 'channel.flow off',
    stage: 'channel',
    bytes: method(1, 20, 20, u8(0)),
    expected: connectionError(540, 'NOT_IMPLEMENTED - active=false', 20, 20),
  },
  {
    name: 'methods behind a channel error',
    stage: 'channel',
    bytes: Buffer.concat([
      client.get(1, 'hostile-missing'),
      client.publish(1, '', ''),
      header(1, 3),
      body(1, 'abc'),
      client.queueDeclare(1, 'amq.bad'),
      client.ack(1, 7),
    ]),
    expected: channelError(404, "NOT_FOUND - no queue 'hostile-missing' in vhost '/'", 60, 70),
  },
  {
    name: 'channel.close behind a channel error',
    stage: 'channel',
    bytes: Buffer.concat([client.get(1, 'hostile-missing'), client.channelClose(1)]),
    expected: channelError(404, "NOT_FOUND - no queue 'hostile-missing' in vhost '/'", 60, 70),
  },
];

export const BAD_METHODS: readonly BadInput[] = [...DIRECTION, ...ORDER];
