// Takes messages that left a queue to its dead-letter exchange. The move and the removal happen in one
// turn, so they are one commit: a crash loses nothing and doubles nothing.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import { decodeContentHeader, encodeContentHeader } from '../../protocol/content-header.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { FRAME_END, FRAME_HEAD_BYTES, FRAME_HEADER } from '../../protocol/frame-constants.ts';
import type { Random } from '../clock.ts';
import { Routing } from '../exchange/route.ts';
import { PublishedMessage } from '../exchange/routed-message.ts';
import { deathsOf, isCycle, propertiesAfterDeath } from '../message/death-history.ts';
import { IncomingMessage, LARGE_RECORD_BYTES } from '../message/incoming-message.ts';
import { recordOf } from '../message/message-record.ts';
import {
  RECORD_DEAD_LETTERED,
  RECORD_FLAGS_OFFSET,
  RECORD_HEAD_BYTES,
  RECORD_PERSISTENT,
  recordBytesAt,
} from '../message/record.ts';
import { contentEndAt, hiddenKeysAt } from '../message/record-trailer.ts';
import type { DeadLetterSink, DeathReason } from '../queue/dead-letter.ts';
import type { Queue } from '../queue/queue.ts';
import type { Turn } from '../turn.ts';
import type { VirtualHosts } from './vhosts.ts';

interface Pending {
  readonly queue: Queue;
  readonly record: Buffer;
  readonly reason: DeathReason;
}

export class DeadLetters implements DeadLetterSink {
  readonly #vhosts: VirtualHosts;
  readonly #turn: Turn;
  readonly #routing: Routing;
  /** Scratch of its own: a dead letter may be made while a publish uses the node's. */
  readonly #message = new IncomingMessage();
  /** Made by a dead letter on its way into its queues (reject-publish-dlx). */
  readonly #pending: Pending[] = [];
  #isRouting = false;

  constructor(vhosts: VirtualHosts, turn: Turn, random: Random) {
    this.#vhosts = vhosts;
    this.#routing = new Routing(random);
    this.#message.extraFlags = RECORD_DEAD_LETTERED;
    this.#turn = turn;
  }

  add(queue: Queue, slab: Buffer, offset: number, reason: DeathReason): void {
    queue.counts.died(reason);
    if (this.#isRouting) {
      const record = Buffer.from(slab.subarray(offset, offset + recordBytesAt(slab, offset)));
      this.#pending.push({ queue, record, reason });
      return;
    }
    this.#isRouting = true;
    this.#move(queue, slab, offset, reason);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      this.#move(next.queue, next.record, 0, next.reason);
    }
    this.#isRouting = false;
  }

  #move(queue: Queue, slab: Buffer, offset: number, reason: DeathReason): void {
    const { deadLetterExchange: exchangeName, deadLetterRoutingKey } = queue.settings;
    const vhost = this.#vhosts.get(queue.vhostName);
    const exchange = vhost?.exchanges.get(exchangeName ?? '');
    // Without the exchange the message is dropped, as in RabbitMQ.
    if (vhost === undefined || exchange === undefined) return;
    const letter = new DeadLetter(slab, offset);
    letter.die(queue.name, reason, Math.floor(this.#turn.wallMs / 1000), deadLetterRoutingKey);
    const targets: Queue[] = [];
    letter.describe(this.#message, exchange.name);
    const routed = new PublishedMessage(this.#message, letter.keys);
    this.#routing.route(vhost, exchange, routed, targets);
    const deaths = deathsOf(letter.headers);
    for (const target of targets) {
      if (reason !== 'rejected' && isCycle(deaths, target.name)) continue;
      target.enqueue(this.#message);
    }
    this.#message.record = undefined;
  }
}

/** One message that died: what was stored of it, and what is published in its place. */
class DeadLetter {
  keys: readonly string[] = [];
  #properties;
  readonly #slab: Buffer;
  readonly #offset: number;
  readonly #exchange: string;
  readonly #routingKey: string;
  readonly #bodyBytes: number;
  /** [bodyStart, bodyEnd): the body frames. */
  readonly #bodyStart: number;
  readonly #bodyEnd: number;

  constructor(slab: Buffer, offset: number) {
    this.#slab = slab;
    this.#offset = offset;
    const exchangeStart = offset + RECORD_HEAD_BYTES;
    const keyStart = exchangeStart + 1 + (slab[exchangeStart] as number);
    this.#exchange = slab.toString('utf8', exchangeStart + 1, keyStart);
    const keyEnd = keyStart + 1 + (slab[keyStart] as number);
    this.#routingKey = slab.toString('utf8', keyStart + 1, keyEnd);
    const headerStart = keyEnd + 1 + FRAME_HEAD_BYTES;
    const headerEnd = headerStart + recordBytesAt(slab, keyEnd + 1 + 3);
    const header = decodeContentHeader(slab, headerStart, headerEnd);
    this.#properties = header.properties;
    this.#bodyBytes = header.bodyBytes;
    this.#bodyStart = headerEnd + 1;
    this.#bodyEnd = contentEndAt(slab, offset);
  }

  get headers(): FieldTable {
    return this.#properties.headers as FieldTable;
  }

  /** Without a dead-letter routing key it goes to all keys that it had. */
  die(queue: string, reason: DeathReason, timeSeconds: number, newKey: string | undefined): void {
    const visibleKeys = [this.#routingKey, ...carbonCopies(this.#properties.headers)];
    const flags = this.#slab[this.#offset + RECORD_FLAGS_OFFSET] as number;
    const properties = propertiesAfterDeath(
      this.#properties,
      { queue, reason, exchange: this.#exchange, routingKeys: visibleKeys, timeSeconds },
      (flags & RECORD_DEAD_LETTERED) !== 0,
    );
    this.#properties = properties;
    if (newKey === undefined) {
      this.keys = [...visibleKeys, ...hiddenKeysAt(this.#slab, this.#offset)];
    } else {
      this.keys = [newKey];
      // Or it would be routed by CC the next time.
      const headers = new Map(properties.headers);
      headers.delete('CC');
      this.#properties = { ...properties, headers };
    }
  }

  /** Describes the message as a publish to `exchange`, in a buffer of its own. */
  describe(message: IncomingMessage, exchange: string): void {
    const writer = new ByteWriter(512 + this.#bodyEnd - this.#bodyStart);
    writer.shortString(exchange);
    writer.shortString(this.keys[0] as string);
    const namesEnd = writer.position;
    writer.octet(FRAME_END);
    const frameStart = writer.reserve(FRAME_HEAD_BYTES);
    encodeContentHeader(writer, this.#bodyBytes, this.#properties);
    const payloadBytes = writer.position - frameStart - FRAME_HEAD_BYTES;
    writer.octet(FRAME_END);
    writer.octets(this.#slab, this.#bodyStart, this.#bodyEnd);
    const { buffer } = writer;
    buffer.fill(0, frameStart, frameStart + FRAME_HEAD_BYTES);
    buffer[frameStart] = FRAME_HEADER;
    buffer.writeUInt32BE(payloadBytes, frameStart + FRAME_HEAD_BYTES - 4);
    message.buffer = buffer;
    message.namesStart = 0;
    message.namesEnd = namesEnd;
    message.contentStart = namesEnd;
    message.contentEnd = writer.position;
    message.bodyBytes = this.#bodyBytes;
    const flags = this.#slab[this.#offset + RECORD_FLAGS_OFFSET] as number;
    message.describe((flags & RECORD_PERSISTENT) !== 0, this.#properties.priority ?? -1);
    message.record = undefined;
    if (message.contentEnd - namesEnd >= LARGE_RECORD_BYTES) message.record = recordOf(message);
  }
}

function carbonCopies(headers: FieldTable | undefined): string[] {
  const field = headers?.get('CC');
  if (field?.type !== 'A') return [];
  const keys: string[] = [];
  for (const item of field.value) if (item.type === 'S') keys.push(item.value.toString('utf8'));
  return keys;
}
