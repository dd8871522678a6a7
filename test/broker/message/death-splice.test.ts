// A dead letter that was not decoded has the octets of one that was.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { DeadMessage } from '../../../src/broker/message/dead-message.ts';
import { DeathSplice } from '../../../src/broker/message/death-splice.ts';
import {
  IncomingMessage,
  LARGE_RECORD_BYTES,
} from '../../../src/broker/message/incoming-message.ts';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { RECORD_DEAD_LETTERED } from '../../../src/broker/message/record.ts';
import { withTrailer } from '../../../src/broker/message/record-trailer.ts';
import type { MessageProperties } from '../../../src/protocol/content-header.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';
import { table } from '../../support/core/any-table.ts';
import { incoming, type MessageParts } from '../../support/core/messages.ts';

interface Death {
  readonly queue: string;
  readonly reason: string;
  readonly timeSeconds: number;
  readonly exchange: string;
  readonly newKey: string | undefined;
}

const DEATH: Death = {
  ...{ queue: 'q', reason: 'expired', timeSeconds: 1_700_000_000 },
  ...{ exchange: 'dlx', newKey: undefined },
};

function spliced(splice: DeathSplice, record: Buffer, offset: number, death: Death) {
  const message = new IncomingMessage();
  const { queue, reason, timeSeconds, exchange, newKey } = death;
  const isDone = splice.describe(
    message,
    record,
    offset,
    queue,
    reason,
    timeSeconds,
    exchange,
    newKey,
  );
  return isDone ? told(message) : undefined;
}

function decoded(record: Buffer, offset: number, death: Death) {
  const message = new IncomingMessage();
  const dead = new DeadMessage(record, offset);
  dead.die({ ...death, hiddenKeys: [] }, death.newKey);
  dead.describe(message, death.exchange);
  return told(message);
}

function told(message: IncomingMessage) {
  const { buffer, namesStart, namesEnd, contentStart, contentEnd } = message;
  const { bodyBytes, isPersistent, priority, record } = message;
  return {
    ...{ bodyBytes, isPersistent, priority, record },
    names: buffer.toString('hex', namesStart, namesEnd),
    content: buffer.toString('hex', contentStart, contentEnd),
  };
}

function recordWith(properties: MessageProperties, parts: Partial<MessageParts> = {}): Buffer {
  const body = parts.body ?? Buffer.from('body');
  return Buffer.from(recordOf(incoming({ ...parts, body, properties })));
}

const name = fc.string({ unit: 'grapheme', maxLength: 20 });
const short = fc.string({ unit: 'grapheme', maxLength: 6 });
const properties = fc.record<MessageProperties>(
  {
    ...{ contentType: short, contentEncoding: short, headers: table, deliveryMode: fc.nat(255) },
    ...{ priority: fc.nat(255), correlationId: short, replyTo: short, messageId: short },
    timestamp: fc.bigInt(0n, 2n ** 64n - 1n),
    ...{ type: short, userId: short, appId: short, clusterId: short },
  },
  { requiredKeys: [] },
);
const deaths = fc.record<Death>({
  queue: name,
  reason: fc.constantFrom('rejected', 'expired', 'maxlen', 'delivery_limit'),
  timeSeconds: fc.nat(2 ** 40),
  exchange: name,
  newKey: fc.option(name, { nil: undefined }),
});

test('whatever the message and its death, the octets are those of the decoded way', () => {
  const splice = new DeathSplice();
  fc.assert(
    fc.property(
      ...[properties, deaths, name, name],
      ...[fc.boolean(), fc.boolean(), fc.nat(20), fc.uint8Array({ maxLength: 40 })],
      (given, death, exchange, routingKey, isPersistent, expires, offset, body) => {
        const parts = { exchange, routingKey, isPersistent, body: Buffer.from(body) };
        const plain = recordWith(given, parts);
        const record = expires ? withTrailer(plain, 1_700_000_000_000, undefined) : plain;
        const slab = Buffer.concat([Buffer.alloc(offset), record, Buffer.alloc(9, 0xff)]);
        const expected = decoded(slab, offset, death);
        expect(spliced(splice, slab, offset, death)).toEqual(expected);
        // Once more, with what was kept of the first time.
        const later = { ...death, timeSeconds: death.timeSeconds + 1 };
        expect(spliced(splice, slab, offset, later)).toEqual(decoded(slab, offset, later));
      },
    ),
    { numRuns: 500 },
  );
});

describe('what has to be decoded is left alone', () => {
  const XDEATH: PlainValue = ['x'];
  it.each<[string, MessageProperties]>([
    ['an expiration', { expiration: '5' }],
    ['CC', { headers: tableOf({ a: 1, CC: ['x'] }) }],
    ['BCC', { headers: tableOf({ BCC: ['x'] }) }],
    ['x-death of the publisher', { headers: tableOf({ 'x-death': XDEATH }) }],
    ['a first death', { headers: tableOf({ a: 'b', 'x-first-death-queue': 'q' }) }],
    ['a last death', { headers: tableOf({ 'x-last-death-reason': 'expired', a: true }) }],
  ])('%s', (_, given) => {
    const record = recordWith(given);
    expect(spliced(new DeathSplice(), record, 0, DEATH)).toBeUndefined();
  });

  it('but not headers of other names', () => {
    const headers = tableOf({ 'x-delay': 1, 'x-d': 2, 'x-latency': 3, xx: { CC: ['x'] } });
    const record = recordWith({ headers });
    expect(spliced(new DeathSplice(), record, 0, DEATH)).toEqual(decoded(record, 0, DEATH));
  });

  it('an earlier death', () => {
    const record = recordWith({});
    record[8] = (record[8] as number) | RECORD_DEAD_LETTERED;
    expect(spliced(new DeathSplice(), record, 0, DEATH)).toBeUndefined();
  });
});

it.each([0, 1, LARGE_RECORD_BYTES, 400_000])('a body of %i octets', (bytes) => {
  const splice = new DeathSplice();
  const large = recordWith({ messageId: 'm' }, { body: Buffer.alloc(bytes, 'x') });
  for (const record of [large, recordWith({}), large]) {
    expect(spliced(splice, record, 0, DEATH)).toEqual(decoded(record, 0, DEATH));
  }
});

it('the longest names, and more of them than are kept', () => {
  const splice = new DeathSplice();
  for (let i = 0; i < 3_000; i++) {
    const long = `${i}`.padStart(255, 'n');
    const record = recordWith({}, { exchange: long, routingKey: long });
    const death = { ...DEATH, queue: long, exchange: long, newKey: long };
    const found = spliced(splice, record, 0, death);
    if (i % 500 === 0) expect(found).toEqual(decoded(record, 0, death));
  }
});
