// Content headers whose properties are cut, too long, of unknown types or not allowed.

import type { BadInput, Outcome } from './bad-input.ts';
import * as client from './methods.ts';
import {
  entry,
  frame,
  HEADER,
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

const refused = (text: string | RegExp): Outcome => ({
  end: 'channel',
  code: 406,
  text,
  on: [60, 40],
});
const BAD_PROPERTIES: Outcome = {
  end: 'connection',
  code: 541,
  text: 'INTERNAL_ERROR',
  on: [0, 0],
};

const publish = client.publish(1, 'amq.direct', 'hostile-nowhere');
const content = (...frames: Buffer[]): Buffer => Buffer.concat([publish, ...frames]);
const withProperties = (flags: number, ...properties: Buffer[]): Buffer =>
  content(header(1, 0, { flags, properties: Buffer.concat(properties) }));

const PROPERTIES: BadInput[] = [
  {
    name: 'all property flags and no property',
    stage: 'channel',
    bytes: withProperties(0xfffc),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a content-type longer than the header',
    stage: 'channel',
    bytes: withProperties(0x8000, Buffer.from([200, 65])),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a property without its flag',
    stage: 'channel',
    bytes: withProperties(0, shortString('text/plain')),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'one octet behind the last property',
    stage: 'channel',
    bytes: withProperties(0x1000, u8(1), u8(0)),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a timestamp of four octets',
    stage: 'channel',
    bytes: withProperties(0x0040, u32(5)),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a headers table longer than the header',
    stage: 'channel',
    bytes: withProperties(0x2000, u32(1000)),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a headers table of 4 GiB',
    stage: 'channel',
    bytes: withProperties(0x2000, u32(0xffffffff), entry('a', 't', u8(1))),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'an unknown type in the headers',
    stage: 'channel',
    bytes: withProperties(0x2000, table(entry('z', 'Z', u32(0)))),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a cut integer in the headers',
    stage: 'channel',
    bytes: withProperties(0x2000, table(entry('n', 'l', u32(0)))),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'headers 18,000 tables deep',
    stage: 'channel',
    bytes: withProperties(0x2000, nestedTable(18_000)),
    expected: BAD_PROPERTIES,
    rabbit: { end: 'tolerated' },
  },
  {
    name: 'the flag continuation bit',
    stage: 'channel',
    bytes: withProperties(0x0001, u16(0)),
    expected: BAD_PROPERTIES,
  },
  {
    name: 'a content header of four octets',
    stage: 'channel',
    bytes: content(frame(HEADER, 1, Buffer.from([0, 60, 0, 0]))),
    expected: { end: 'connection', code: 501, text: /^FRAME_ERROR/ },
    rabbit: 'unchecked',
  },
  {
    name: 'an empty content header frame',
    stage: 'channel',
    bytes: content(frame(HEADER, 1, Buffer.alloc(0))),
    expected: { end: 'connection', code: 501, text: /^FRAME_ERROR/ },
    rabbit: 'unchecked',
  },
  {
    name: 'expiration "abc"',
    stage: 'channel',
    bytes: withProperties(0x0100, shortString('abc')),
    expected: refused("PRECONDITION_FAILED - invalid expiration 'abc': no_integer"),
  },
  {
    name: 'expiration "-1"',
    stage: 'channel',
    bytes: withProperties(0x0100, shortString('-1')),
    expected: refused("PRECONDITION_FAILED - invalid expiration '-1': {value_negative,-1}"),
  },
  {
    name: 'expiration "1.5"',
    stage: 'channel',
    bytes: withProperties(0x0100, shortString('1.5')),
    expected: refused('PRECONDITION_FAILED - invalid expiration \'1.5\': {leftover_string,".5"}'),
  },
  {
    name: 'an empty expiration',
    stage: 'channel',
    bytes: withProperties(0x0100, shortString('')),
    expected: refused("PRECONDITION_FAILED - invalid expiration '': no_integer"),
  },
  {
    name: 'an expiration of 200 digits',
    stage: 'channel',
    bytes: withProperties(0x0100, shortString('9'.repeat(200))),
    expected: refused(/^PRECONDITION_FAILED - invalid expiration '9{200}': /),
  },
  {
    name: 'the user-id of another',
    stage: 'channel',
    bytes: withProperties(0x0010, shortString('root')),
    expected: refused(
      "PRECONDITION_FAILED - user_id property set to 'root' but authenticated user was 'guest'",
    ),
  },
  {
    name: 'CC that is a string',
    stage: 'channel',
    bytes: withProperties(0x2000, table(entry('CC', 'S', longString('a')))),
    expected: refused(
      /^PRECONDITION_FAILED - invalid message: \{unacceptable_type_in_header,"CC",longstr\}$/,
    ),
    rabbit: 'unchecked',
  },
  {
    name: 'reply-to the pseudo-queue without a consumer',
    stage: 'channel',
    bytes: withProperties(0x0200, shortString('amq.rabbitmq.reply-to')),
    expected: refused('PRECONDITION_FAILED - fast reply consumer does not exist'),
  },
  {
    name: 'an exchange that is not there',
    stage: 'channel',
    bytes: Buffer.concat([client.publish(1, 'hostile-no', ''), header(1, 0)]),
    expected: {
      end: 'channel',
      code: 404,
      text: "NOT_FOUND - no exchange 'hostile-no' in vhost '/'",
      on: [60, 40],
    },
  },
  {
    name: 'a timestamp of 2^64 - 1',
    stage: 'channel',
    bytes: Buffer.concat([withProperties(0x0040, u64(2n ** 64n - 1n)), method(1, 85, 10, u8(0))]),
    expected: { end: 'tolerated', replies: [[85, 11]] },
  },
  {
    name: 'a content-type that is not UTF-8',
    stage: 'channel',
    bytes: Buffer.concat([
      withProperties(0x8000, shortString(Buffer.from([0xff, 0xff]))),
      method(1, 85, 10, u8(0)),
    ]),
    expected: { end: 'tolerated', replies: [[85, 11]] },
  },
];

export const BAD_PROPERTY_ROWS: readonly BadInput[] = [...PROPERTIES];
