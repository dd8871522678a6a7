// Bad input before connection.open-ok: protocol headers, oversized and misplaced frames, SASL, tuning.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import {
  body,
  EMPTY_TABLE,
  frame,
  header,
  heartbeat,
  longString,
  METHOD,
  method,
  PROTOCOL_HEADER,
  u16,
  u32,
} from './wire.ts';

const HEADER_BACK: Outcome = { end: 'header' };
const DROPPED: Outcome = { end: 'dropped' };

/** RabbitMQ 3.10 drops a refused tune-ok without a word; later releases say why, and so do we. */
const REFUSED_TUNING = (explanation: string): Pick<BadInput, 'expected' | 'rabbit'> => ({
  expected: { end: 'connection', code: 530, text: `NOT_ALLOWED - ${explanation}`, on: [10, 30] },
  rabbit: DROPPED,
});

/** RabbitMQ drops a malformed handshake in silence; saying why tells an attacker nothing. */
const SAYS_WHY = (
  code: number,
  text: RegExp,
  classId: number,
  methodId: number,
): Pick<BadInput, 'expected' | 'rabbit'> => ({
  expected: { end: 'connection', code, text, on: [classId, methodId] },
  rabbit: DROPPED,
});

const connected = 'connected';
const started = 'started';
const tuned = 'tuned';
const opening = 'opening';

const PROTOCOL_HEADERS: BadInput[] = [
  {
    name: 'an HTTP request',
    stage: connected,
    bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    expected: HEADER_BACK,
  },
  {
    name: 'eight octets of garbage',
    stage: connected,
    bytes: Buffer.from('deadbeefcafe0102', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'a TLS client hello',
    stage: connected,
    bytes: Buffer.from('160301012c0100012803', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'AMQP 0-10',
    stage: connected,
    bytes: Buffer.from('414d51500101000a', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'AMQP 1.0',
    stage: connected,
    bytes: Buffer.from('414d515000010000', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'AMQP 1.0 with SASL',
    stage: connected,
    bytes: Buffer.from('414d515003010000', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'AMQP 0-9-2',
    stage: connected,
    bytes: Buffer.from('414d515000000902', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'lower-case amqp',
    stage: connected,
    bytes: Buffer.from('616d717000000901', 'hex'),
    expected: HEADER_BACK,
  },
  {
    name: 'a frame instead of a protocol header',
    stage: connected,
    bytes: client.plainLogin,
    expected: HEADER_BACK,
  },
  {
    name: 'half a protocol header, then silence',
    stage: connected,
    bytes: PROTOCOL_HEADER.subarray(0, 4),
    expected: DROPPED,
  },
  { name: 'nothing at all', stage: connected, bytes: Buffer.alloc(0), expected: DROPPED },
  {
    name: 'a reset inside the protocol header',
    stage: connected,
    bytes: PROTOCOL_HEADER.subarray(0, 5),
    expected: DROPPED,
    isReset: true,
  },
];

const BEFORE_LOGIN: BadInput[] = [
  {
    name: 'silence after connection.start',
    stage: started,
    bytes: Buffer.alloc(0),
    expected: DROPPED,
  },
  { name: 'heartbeats instead of start-ok', stage: started, bytes: heartbeat, expected: DROPPED },
  {
    name: 'half a start-ok, then silence',
    stage: started,
    bytes: client.plainLogin.subarray(0, 30),
    expected: DROPPED,
  },
  { name: 'tune-ok before start-ok', stage: started, bytes: client.tuneOk(), expected: DROPPED },
  { name: 'open before start-ok', stage: started, bytes: client.open(), expected: DROPPED },
  {
    name: 'channel.open before start-ok',
    stage: started,
    bytes: client.channelOpen(1),
    expected: DROPPED,
  },
  {
    name: 'start-ok on channel 1',
    stage: started,
    bytes: method(
      1,
      10,
      11,
      EMPTY_TABLE,
      Buffer.from('\x05PLAIN'),
      longString('\0guest\0guest'),
      Buffer.from('\x05en_US'),
    ),
    expected: DROPPED,
  },
  { name: 'a content header before login', stage: started, bytes: header(1, 5), expected: DROPPED },
  { name: 'a body before login', stage: started, bytes: body(1, 'hello'), expected: DROPPED },
  {
    name: 'a frame of 1 MiB announced before login',
    stage: started,
    bytes: frame(METHOD, 0, Buffer.alloc(64), { size: 1 << 20 }),
    expected: {
      end: 'connection',
      code: 501,
      text: /^FRAME_ERROR - type 1, all octets = <<>>: \{frame_too_large,1048576,8184\}$/,
      on: [0, 0],
    },
    rabbit: DROPPED,
  },
  {
    name: 'a frame of 4 GiB announced before login',
    stage: started,
    bytes: frame(METHOD, 0, Buffer.alloc(16), { size: 0xffffffff }),
    expected: { end: 'connection', code: 501, text: /frame_too_large,4294967295,8184/, on: [0, 0] },
    rabbit: DROPPED,
  },
  {
    name: 'an unknown frame type before login',
    stage: started,
    bytes: frame(9, 0, Buffer.from('x')),
    ...SAYS_WHY(501, /unknown_frame$/, 0, 0),
  },
  {
    name: 'a wrong frame end before login',
    stage: started,
    bytes: frame(METHOD, 0, client.plainLogin.subarray(7, -1), { end: 0 }),
    ...SAYS_WHY(501, /\{invalid_frame_end_marker,0\}$/, 0, 0),
  },
  {
    name: 'an unknown method before login',
    stage: started,
    bytes: method(0, 10, 99),
    ...SAYS_WHY(503, /^COMMAND_INVALID/, 10, 99),
  },
  {
    name: 'start-ok cut inside its client properties',
    stage: started,
    bytes: method(0, 10, 11, u32(1000), Buffer.from('\x01a')),
    ...SAYS_WHY(501, /^FRAME_ERROR - cannot decode/, 10, 11),
  },
  {
    name: 'a reset inside start-ok',
    stage: started,
    bytes: client.plainLogin.subarray(0, 20),
    expected: DROPPED,
    isReset: true,
  },
];

const TUNING: BadInput[] = [
  { name: 'a second start-ok', stage: tuned, bytes: client.plainLogin, expected: DROPPED },
  { name: 'open before tune-ok', stage: tuned, bytes: client.open(), expected: DROPPED },
  {
    name: 'frame-max 0 in tune-ok',
    stage: tuned,
    bytes: client.tuneOk(2047, 0),
    ...REFUSED_TUNING('negotiated frame_max = 0 is higher than the maximum allowed value (131072)'),
  },
  {
    name: 'frame-max 4095 in tune-ok',
    stage: tuned,
    bytes: client.tuneOk(2047, 4095),
    ...REFUSED_TUNING('negotiated frame_max = 4095 is lower than the minimum allowed value (4096)'),
  },
  {
    name: 'frame-max above ours in tune-ok',
    stage: tuned,
    bytes: client.tuneOk(2047, 131073),
    ...REFUSED_TUNING(
      'negotiated frame_max = 131073 is higher than the maximum allowed value (131072)',
    ),
  },
  {
    name: 'channel-max 0 in tune-ok',
    stage: tuned,
    bytes: client.tuneOk(0),
    ...REFUSED_TUNING('negotiated channel_max = 0 is higher than the maximum allowed value (2047)'),
  },
  {
    name: 'channel-max above ours in tune-ok',
    stage: tuned,
    bytes: client.tuneOk(2048),
    ...REFUSED_TUNING(
      'negotiated channel_max = 2048 is higher than the maximum allowed value (2047)',
    ),
  },
  {
    name: 'tune-ok cut short',
    stage: tuned,
    bytes: method(0, 10, 31, u16(1)),
    ...SAYS_WHY(501, /^FRAME_ERROR - cannot decode/, 10, 31),
  },
  { name: 'silence after tune-ok', stage: opening, bytes: Buffer.alloc(0), expected: DROPPED },
  {
    name: 'a second tune-ok',
    stage: opening,
    bytes: client.tuneOk(),
    expected: DROPPED,
    rabbit: {
      end: 'connection',
      code: 504,
      text: 'CHANNEL_ERROR - unexpected method in connection state opening',
      on: [10, 31],
    },
  },
  {
    name: 'channel.open before connection.open',
    stage: opening,
    bytes: client.channelOpen(1),
    expected: DROPPED,
    rabbit: {
      end: 'connection',
      code: 505,
      text: 'UNEXPECTED_FRAME - type 1, all octets = <<0,20,0,10,0>>',
      on: [0, 0],
    },
  },
  {
    name: 'a vhost that is not there',
    stage: opening,
    bytes: client.open('hostile-nowhere'),
    expected: {
      end: 'connection',
      code: 530,
      text: 'NOT_ALLOWED - vhost hostile-nowhere not found',
      on: [10, 40],
    },
  },
  {
    name: 'the empty vhost',
    stage: opening,
    bytes: client.open(''),
    expected: {
      end: 'connection',
      code: 530,
      text: 'NOT_ALLOWED - vhost  not found',
      on: [10, 40],
    },
  },
  {
    name: 'a vhost called __proto__',
    stage: opening,
    bytes: client.open('__proto__'),
    expected: {
      end: 'connection',
      code: 530,
      text: 'NOT_ALLOWED - vhost __proto__ not found',
      on: [10, 40],
    },
  },
];

export const BAD_HANDSHAKES: readonly BadInput[] = [
  ...PROTOCOL_HEADERS,
  ...BEFORE_LOGIN,
  ...TUNING,
];
