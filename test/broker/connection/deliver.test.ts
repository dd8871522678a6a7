import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  contentPrefix,
  deliverPrefix,
  writeContent,
} from '../../../src/broker/connection/deliver.ts';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { Outgoing, OutgoingSlabs } from '../../../src/broker/outgoing.ts';
import type { Transport } from '../../../src/broker/transport.ts';
import { Turn } from '../../../src/broker/turn.ts';
import { ByteReader } from '../../../src/protocol/byte-reader.ts';
import { decodeContentHeader } from '../../../src/protocol/content-header.ts';
import { FrameParser, type FrameSink } from '../../../src/protocol/frame-parser.ts';
import {
  BASIC_DELIVER,
  BASIC_RETURN,
  decodeMethod,
  type Method,
} from '../../../src/protocol/generated/methods.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';
import { incoming } from '../../support/core/messages.ts';

function outgoingTo(chunks: Buffer[]): { outgoing: Outgoing; clock: ManualClock } {
  const clock = new ManualClock();
  const transport = {
    write: (chunk: Buffer) => {
      chunks.push(Buffer.from(chunk));
      return true;
    },
  } as unknown as Transport;
  const turn = new Turn(clock, new MemoryJournal());
  return { outgoing: new Outgoing(transport, new OutgoingSlabs(), turn), clock };
}

interface Decoded {
  readonly channel: number;
  readonly method: Method;
  properties?: unknown;
  bodyBytes?: number;
  body: Buffer;
}

function decode(bytes: Buffer, frameMax: number): Decoded[] {
  const decoded: Decoded[] = [];
  const last = (channel: number): Decoded => {
    const found = decoded.at(-1) as Decoded;
    expect(channel).toBe(found.channel);
    return found;
  };
  const sink: FrameSink = {
    onMethod: (channel, buffer, start, end) => {
      const method = decodeMethod(new ByteReader(buffer, start, end));
      decoded.push({ channel, method, body: Buffer.alloc(0) });
    },
    onHeader: (channel, buffer, start, end) => {
      expect(end - start + 8).toBeLessThanOrEqual(frameMax);
      Object.assign(last(channel), decodeContentHeader(buffer, start, end));
    },
    onBody: (channel, buffer, start, end) => {
      expect(end - start + 8).toBeLessThanOrEqual(frameMax);
      const message = last(channel);
      message.body = Buffer.concat([message.body, buffer.subarray(start, end)]);
    },
    onHeartbeat: () => undefined,
    onPublish: () => undefined,
  };
  const parser = new FrameParser(sink, frameMax);
  parser.parse(bytes);
  expect(parser.pendingBytes).toBe(0);
  return decoded;
}

const shortString = fc.string({ maxLength: 60 }).filter((text) => Buffer.byteLength(text) < 255);

test('any record decodes to its message at any frame-max, after other records', () => {
  const message = fc.record({
    exchange: shortString,
    routingKey: shortString,
    size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 3000, max: 300_000 })),
    recordFrameMax: fc.integer({ min: 4096, max: 131_072 }),
    correlationId: shortString,
  });
  const property = fc.property(
    fc.array(message, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 4096, max: 131_072 }),
    fc.integer({ min: 1, max: 65_535 }),
    shortString,
    (messages, frameMax, channel, consumerTag) => {
      const chunks: Buffer[] = [];
      const { outgoing, clock } = outgoingTo(chunks);
      const prefix = deliverPrefix(channel, BASIC_DELIVER, consumerTag);
      for (const { exchange, routingKey, size, recordFrameMax, correlationId } of messages) {
        const parts = { exchange, routingKey, properties: { correlationId } };
        const body = Buffer.alloc(size, routingKey);
        const record = recordOf(incoming({ ...parts, body, frameMax: recordFrameMax }));
        const slab = Buffer.concat([Buffer.alloc(13), record, Buffer.alloc(5, 1)]);
        writeContent(outgoing, channel, frameMax, prefix, slab, 13);
      }
      clock.endTurn();
      const decoded = decode(Buffer.concat(chunks), frameMax);
      expect(decoded).toHaveLength(messages.length);
      decoded.forEach((each, index) => {
        const { exchange, routingKey, size, correlationId } = messages[index] ?? fail();
        expect(each.method).toMatchObject({ consumerTag, exchange, routingKey });
        expect(each.properties).toEqual({ correlationId });
        expect(each.bodyBytes).toBe(size);
        expect(each.body.equals(Buffer.alloc(size, routingKey))).toBe(true);
      });
    },
  );
  fc.assert(property, { numRuns: 80 });
});

function fail(): never {
  throw new Error('as many deliveries as messages');
}

test('the same for basic.return', () => {
  const chunks: Buffer[] = [];
  const { outgoing, clock } = outgoingTo(chunks);
  const record = recordOf(incoming({ exchange: 'x', routingKey: 'k', body: Buffer.alloc(9000) }));
  const fields = Buffer.concat([Buffer.of(1, 56, 8), Buffer.from('NO_ROUTE')]);
  writeContent(outgoing, 3, 4096, contentPrefix(3, BASIC_RETURN, fields), record, 0);
  clock.endTurn();
  const [returned] = decode(Buffer.concat(chunks), 4096);
  expect(returned?.method).toEqual({
    id: BASIC_RETURN,
    replyCode: 312,
    replyText: 'NO_ROUTE',
    exchange: 'x',
    routingKey: 'k',
  });
  expect(returned?.body).toHaveLength(9000);
});
