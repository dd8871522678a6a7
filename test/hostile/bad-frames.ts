// Bad frames on an open connection: sizes, ends, types, channel numbers, half frames and resets.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import {
  BODY,
  body,
  frame,
  HEADER,
  HEARTBEAT,
  header,
  METHOD,
  method,
  shortString,
  u8,
  u16,
} from './wire.ts';

const FRAME_MAX = 131072;
const UNOPENED = (classId: number, methodId: number): Outcome => ({
  end: 'connection',
  code: 504,
  text: "CHANNEL_ERROR - expected 'channel.open'",
  on: [classId, methodId],
});
const frameError = (text: string | RegExp): Outcome => ({
  end: 'connection',
  code: 501,
  text,
  on: [0, 0],
});
const unexpected = (text: string | RegExp): Outcome => ({
  end: 'connection',
  code: 505,
  text,
  on: [0, 0],
});

const channelOpenPayload = client.channelOpen(1).subarray(7, -1);

const SIZES_AND_ENDS: BadInput[] = [
  {
    name: 'a payload nine octets over frame-max',
    stage: 'open',
    bytes: frame(BODY, 1, Buffer.alloc(FRAME_MAX + 9)),
    expected: frameError(
      `FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,${FRAME_MAX + 9},${FRAME_MAX - 8}}`,
    ),
  },
  {
    name: 'a frame of 4 GiB announced',
    stage: 'channel',
    bytes: frame(METHOD, 1, Buffer.alloc(32), { size: 0xffffffff }),
    expected: frameError(
      `FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,4294967295,${FRAME_MAX - 8}}`,
    ),
  },
  {
    name: 'a frame of 2 GiB announced (the sign bit)',
    stage: 'channel',
    bytes: frame(BODY, 1, Buffer.alloc(32), { size: 0x80000000 }),
    expected: frameError(
      `FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,2147483648,${FRAME_MAX - 8}}`,
    ),
  },
  {
    name: 'a wrong frame end',
    stage: 'open',
    bytes: frame(METHOD, 1, channelOpenPayload, { end: 0xcd }),
    expected: frameError(
      'FRAME_ERROR - type 1, all octets = <<0,20,0,10,0>>: {invalid_frame_end_marker,205}',
    ),
  },
  {
    name: 'a size one too small',
    stage: 'open',
    bytes: frame(METHOD, 1, channelOpenPayload, { size: 4 }),
    expected: frameError(
      'FRAME_ERROR - type 1, all octets = <<0,20,0,10>>: {invalid_frame_end_marker,0}',
    ),
  },
  {
    name: 'a wrong end of a long frame of text',
    stage: 'channel',
    bytes: frame(BODY, 1, Buffer.from('abcdefghijklmnopqrstuvwxyz'), { end: 1 }),
    expected: frameError(
      'FRAME_ERROR - type 3, first 16 octets = <<"abcdefghijklmnop">>: {invalid_frame_end_marker,1}',
    ),
  },
  {
    name: 'a wrong end of a heartbeat',
    stage: 'open',
    bytes: frame(HEARTBEAT, 0, Buffer.alloc(0), { end: 0 }),
    expected: frameError('FRAME_ERROR - type 8, all octets = <<>>: {invalid_frame_end_marker,0}'),
  },
];

const TYPES: BadInput[] = [
  {
    name: 'frame type 0',
    stage: 'open',
    bytes: frame(0, 1, Buffer.from('abc')),
    expected: frameError('FRAME_ERROR - type 0, all octets = <<"abc">>: unknown_frame'),
  },
  {
    name: 'frame type 4',
    stage: 'open',
    bytes: frame(4, 1, Buffer.alloc(0)),
    expected: frameError('FRAME_ERROR - type 4, all octets = <<>>: unknown_frame'),
  },
  {
    name: 'frame type 255',
    stage: 'channel',
    bytes: frame(255, 1, Buffer.from([1, 2])),
    expected: frameError('FRAME_ERROR - type 255, all octets = <<1,2>>: unknown_frame'),
  },
  {
    name: 'a heartbeat with a payload',
    stage: 'open',
    bytes: frame(HEARTBEAT, 0, Buffer.from('x')),
    expected: frameError('FRAME_ERROR - type 8, all octets = <<"x">>: unknown_frame'),
  },
  {
    name: 'a heartbeat on channel 1',
    stage: 'channel',
    bytes: frame(HEARTBEAT, 1, Buffer.alloc(0)),
    expected: unexpected('UNEXPECTED_FRAME - type 8, all octets = <<>>'),
  },
  {
    name: 'a content header on channel 0',
    stage: 'open',
    bytes: header(0, 1),
    expected: unexpected(
      /^UNEXPECTED_FRAME - type 2, all octets = <<0,60,0,0,0,0,0,0,0,0,0,1,0,0>>$/,
    ),
  },
  {
    name: 'a body on channel 0',
    stage: 'open',
    bytes: body(0, 'hello'),
    expected: unexpected('UNEXPECTED_FRAME - type 3, all octets = <<"hello">>'),
  },
  {
    name: 'an empty method frame',
    stage: 'channel',
    bytes: frame(METHOD, 1, Buffer.alloc(0)),
    expected: frameError(/^FRAME_ERROR - /),
    rabbit: 'unchecked',
  },
  {
    name: 'a method frame of three octets',
    stage: 'channel',
    bytes: frame(METHOD, 1, Buffer.from([0, 60, 0])),
    expected: frameError(/^FRAME_ERROR - /),
    rabbit: 'unchecked',
  },
];

const CHANNELS: BadInput[] = [
  {
    name: 'a method on a channel never opened',
    stage: 'open',
    bytes: client.queueDeclare(5, 'q'),
    expected: UNOPENED(50, 10),
  },
  {
    name: 'a publish on a channel never opened',
    stage: 'open',
    bytes: Buffer.concat([client.publish(65535, '', 'q'), header(65535, 0)]),
    expected: UNOPENED(60, 40),
  },
  {
    name: 'channel.close on a channel never opened',
    stage: 'open',
    bytes: client.channelClose(3),
    expected: UNOPENED(20, 40),
  },
  {
    name: 'channel.close-ok on a channel never opened',
    stage: 'open',
    bytes: client.channelCloseOk(3),
    expected: UNOPENED(20, 41),
  },
  {
    name: 'channel.open twice',
    stage: 'channel',
    bytes: client.channelOpen(1),
    expected: {
      end: 'connection',
      code: 504,
      text: "CHANNEL_ERROR - second 'channel.open' seen",
      on: [20, 10],
    },
  },
  {
    name: 'channel.open on channel 0',
    stage: 'open',
    bytes: client.channelOpen(0),
    expected: {
      end: 'connection',
      code: 504,
      text: 'CHANNEL_ERROR - unexpected method in connection state running',
      on: [20, 10],
    },
  },
  {
    name: 'queue.declare on channel 0',
    stage: 'open',
    bytes: client.queueDeclare(0, 'q'),
    expected: {
      end: 'connection',
      code: 504,
      text: 'CHANNEL_ERROR - unexpected method in connection state running',
      on: [50, 10],
    },
  },
  {
    name: 'a publish after the channel was closed',
    stage: 'channel',
    bytes: Buffer.concat([client.channelClose(1), client.publish(1, '', 'q'), header(1, 0)]),
    expected: UNOPENED(60, 40),
    rabbit: 'unchecked',
  },
  {
    name: 'connection.close on channel 1',
    stage: 'channel',
    bytes: method(1, 10, 50, u16(200), shortString(''), u16(0), u16(0)),
    expected: {
      end: 'connection',
      code: 503,
      text: 'COMMAND_INVALID - unimplemented method',
      on: [10, 50],
    },
  },
  {
    name: 'a body on a channel never opened',
    stage: 'open',
    bytes: body(7, 'x'),
    expected: UNOPENED(0, 0),
    rabbit: { end: 'connection', code: 505, text: /^UNEXPECTED_FRAME/ },
  },
  {
    name: 'a content header on a channel never opened',
    stage: 'open',
    bytes: header(7, 1),
    expected: UNOPENED(0, 0),
    rabbit: { end: 'connection', code: 505, text: /^UNEXPECTED_FRAME/ },
  },
  {
    name: 'one channel more than channel-max',
    stage: 'open',
    bytes: Buffer.concat(Array.from({ length: 2048 }, (_, index) => client.channelOpen(index + 1))),
    expected: {
      end: 'connection',
      code: 530,
      text: 'NOT_ALLOWED - number of channels opened (2047) has reached the negotiated channel_max (2047)',
      on: [0, 0],
    },
  },
];

const RESETS: BadInput[] = [
  {
    name: 'a reset inside a frame head',
    stage: 'channel',
    bytes: client.queueDeclare(1, 'q').subarray(0, 4),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset inside a method',
    stage: 'channel',
    bytes: client.queueDeclare(1, 'q').subarray(0, 12),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset between method and content header',
    stage: 'channel',
    bytes: client.publish(1, '', ''),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset inside a content header',
    stage: 'channel',
    bytes: Buffer.concat([client.publish(1, '', ''), header(1, 10).subarray(0, 15)]),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset in the middle of a body',
    stage: 'channel',
    bytes: Buffer.concat([
      client.publish(1, '', ''),
      header(1, 10_000_000),
      body(1, Buffer.alloc(100_000)),
      body(1, Buffer.alloc(100_000)).subarray(0, 5000),
    ]),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset right after connection.close',
    stage: 'channel',
    bytes: client.connectionClose(),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset with a transaction open',
    stage: 'channel',
    bytes: Buffer.concat([
      method(1, 90, 10),
      client.publish(1, '', ''),
      header(1, 1),
      body(1, 'x'),
    ]),
    expected: { end: 'dropped' },
    isReset: true,
  },
  {
    name: 'a reset with a bit of everything pipelined',
    stage: 'channel',
    bytes: Buffer.concat([
      client.consume(1, '', 'tag'),
      client.publish(1, 'amq.direct', 'x'),
      header(1, 0),
      method(1, 85, 10, u8(0)),
      frame(HEADER, 1, Buffer.alloc(3)),
    ]),
    expected: { end: 'dropped' },
    isReset: true,
  },
];

export const BAD_FRAMES: readonly BadInput[] = [
  ...SIZES_AND_ENDS,
  ...TYPES,
  ...CHANNELS,
  ...RESETS,
];
