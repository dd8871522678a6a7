// Bad content: headers and bodies missing, out of place, lying about size, and broken properties.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import { body, header, heartbeat, method, u8 } from './wire.ts';

const TOO_LARGE = 16_777_217;
const onPublish = (code: number, text: string | RegExp): Outcome => ({
  end: 'connection',
  code,
  text,
  on: [60, 40],
});
const refused = (text: string | RegExp): Outcome => ({
  end: 'channel',
  code: 406,
  text,
  on: [60, 40],
});
const NO_HEADER = onPublish(
  505,
  'UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead',
);
const NO_BODY = onPublish(
  505,
  'UNEXPECTED_FRAME - expected content body, got non content body frame instead',
);
const NO_METHOD: Outcome = {
  end: 'connection',
  code: 505,
  text: 'UNEXPECTED_FRAME - expected method frame, got non method frame instead',
};

const publish = client.publish(1, 'amq.direct', 'hostile-nowhere');
const content = (...frames: Buffer[]): Buffer => Buffer.concat([publish, ...frames]);

const FRAMES: BadInput[] = [
  {
    name: 'a header without a publish',
    stage: 'channel',
    bytes: header(1, 1),
    expected: NO_METHOD,
  },
  { name: 'a body without a publish', stage: 'channel', bytes: body(1, 'x'), expected: NO_METHOD },
  {
    name: 'a method instead of a header',
    stage: 'channel',
    bytes: content(client.queueDeclare(1, 'q')),
    expected: NO_HEADER,
  },
  {
    name: 'a body instead of a header',
    stage: 'channel',
    bytes: content(body(1, 'x')),
    expected: NO_HEADER,
  },
  {
    name: 'two publishes in a row',
    stage: 'channel',
    bytes: content(publish),
    expected: NO_HEADER,
  },
  {
    name: 'channel.close instead of a header',
    stage: 'channel',
    bytes: content(client.channelClose(1)),
    expected: NO_HEADER,
  },
  {
    name: 'a header with weight 1',
    stage: 'channel',
    bytes: content(header(1, 1, { weight: 1 })),
    expected: NO_HEADER,
  },
  {
    name: 'a header of class 50',
    stage: 'channel',
    bytes: content(header(1, 1, { classId: 50 })),
    expected: onPublish(
      505,
      'UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead',
    ),
  },
  {
    name: 'a header of class 0',
    stage: 'channel',
    bytes: content(header(1, 1, { classId: 0 })),
    expected: onPublish(505, /^UNEXPECTED_FRAME - expected content header for class 60/),
  },
  {
    name: 'a method instead of a body',
    stage: 'channel',
    bytes: content(header(1, 5), client.queueDeclare(1, 'q')),
    expected: NO_BODY,
  },
  {
    name: 'a second header instead of a body',
    stage: 'channel',
    bytes: content(header(1, 5), header(1, 5)),
    expected: NO_BODY,
  },
  {
    name: 'a method between two bodies',
    stage: 'channel',
    bytes: content(header(1, 5), body(1, 'ab'), publish),
    expected: NO_BODY,
  },
  {
    name: 'a body behind an empty message',
    stage: 'channel',
    bytes: content(header(1, 0), body(1, 'x')),
    expected: NO_METHOD,
  },
  {
    name: 'an empty body behind an empty message',
    stage: 'channel',
    bytes: content(header(1, 0), body(1, '')),
    expected: NO_METHOD,
  },
  {
    name: 'one body longer than announced',
    stage: 'channel',
    bytes: content(header(1, 3), body(1, 'abcdef')),
    expected: onPublish(501, 'FRAME_ERROR - content body frame exceeds remaining content size'),
    rabbit: 'unchecked',
  },
  {
    name: 'the second body longer than announced',
    stage: 'channel',
    bytes: content(header(1, 3), body(1, 'ab'), body(1, 'cd')),
    expected: onPublish(501, 'FRAME_ERROR - content body frame exceeds remaining content size'),
    rabbit: 'unchecked',
  },
  {
    name: 'empty bodies in the middle',
    stage: 'channel',
    bytes: content(
      header(1, 4),
      body(1, ''),
      body(1, 'ab'),
      body(1, ''),
      body(1, 'cd'),
      method(1, 85, 10, u8(0)),
    ),
    expected: { end: 'tolerated', replies: [[85, 11]] },
  },
  {
    name: 'heartbeats inside a message',
    stage: 'channel',
    bytes: content(
      heartbeat,
      header(1, 4),
      heartbeat,
      body(1, 'ab'),
      heartbeat,
      body(1, 'cd'),
      method(1, 85, 10, u8(0)),
    ),
    expected: { end: 'tolerated', replies: [[85, 11]] },
  },
  {
    name: 'another channel inside a message',
    stage: 'channel',
    bytes: content(
      header(1, 4),
      client.channelOpen(2),
      body(1, 'ab'),
      client.channelClose(2),
      body(1, 'cd'),
      method(1, 85, 10, u8(0)),
    ),
    expected: { end: 'tolerated', replies: [[85, 11]] },
  },
];

/** RabbitMQ 3.10 learns of the size only from the whole body; 4.x and we look at the header. */
const SIZES: BadInput[] = [
  {
    name: 'a body of 16 MiB + 1 announced',
    stage: 'channel',
    bytes: content(header(1, TOO_LARGE)),
    expected: refused(
      'PRECONDITION_FAILED - message size 16777217 is larger than configured max size 16777216',
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'a body of 512 MiB + 1 announced',
    stage: 'channel',
    bytes: content(header(1, 536870913)),
    expected: onPublish(
      501,
      'FRAME_ERROR - content body size 536870913 exceeds maximum allowed size 536870912',
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'a body of 2^32 announced',
    stage: 'channel',
    bytes: content(header(1, 2n ** 32n)),
    expected: onPublish(
      501,
      'FRAME_ERROR - content body size 4294967296 exceeds maximum allowed size 536870912',
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'a body of 2^53 + 1 announced',
    stage: 'channel',
    bytes: content(header(1, 2n ** 53n + 1n)),
    expected: onPublish(
      501,
      'FRAME_ERROR - content body size 9007199254740993 exceeds maximum allowed size 536870912',
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'a body of 2^63 announced',
    stage: 'channel',
    bytes: content(header(1, 2n ** 63n)),
    expected: onPublish(
      501,
      'FRAME_ERROR - content body size 9223372036854775808 exceeds maximum allowed size 536870912',
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'a body of 2^64 - 1 announced',
    stage: 'channel',
    bytes: content(header(1, 2n ** 64n - 1n)),
    expected: onPublish(
      501,
      'FRAME_ERROR - content body size 18446744073709551615 exceeds maximum allowed size 536870912',
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'a body of 16 MiB + 1 announced and half sent',
    stage: 'channel',
    bytes: content(
      header(1, TOO_LARGE),
      ...Array.from({ length: 8 }, () => body(1, Buffer.alloc(131064))),
    ),
    expected: refused(
      /^PRECONDITION_FAILED - message size 16777217 is larger than configured max size 16777216$/,
    ),
    rabbit: 'unchecked',
  },
];

export const BAD_CONTENT: readonly BadInput[] = [...FRAMES, ...SIZES];
