// A record that died, as the message that is published in its place.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import { decodeContentHeader, encodeContentHeader } from '../../protocol/content-header.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { FRAME_END, FRAME_HEAD_BYTES, FRAME_HEADER } from '../../protocol/frame-constants.ts';
import { propertiesAfterDeath } from './death-history.ts';
import { type IncomingMessage, LARGE_RECORD_BYTES } from './incoming-message.ts';
import { recordOf } from './message-record.ts';
import {
  RECORD_DEAD_LETTERED,
  RECORD_FLAGS_OFFSET,
  RECORD_HEAD_BYTES,
  RECORD_PERSISTENT,
  recordBytesAt,
} from './record.ts';
import { contentEndAt } from './record-trailer.ts';

/** Where, why and when. */
export interface DeathOfRecord {
  readonly queue: string;
  readonly reason: string;
  readonly timeSeconds: number;
  readonly hiddenKeys: readonly string[];
}

export class DeadMessage {
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

  /**
   * Without a dead-letter routing key it goes to all keys that it had, `hiddenKeys` are those of BCC
   * among them.
   */
  die({ queue, reason, timeSeconds, hiddenKeys }: DeathOfRecord, newKey: string | undefined): void {
    const visibleKeys = [this.#routingKey, ...carbonCopies(this.#properties.headers)];
    const flags = this.#slab[this.#offset + RECORD_FLAGS_OFFSET] as number;
    const properties = propertiesAfterDeath(
      this.#properties,
      { queue, reason, exchange: this.#exchange, routingKeys: visibleKeys, timeSeconds },
      (flags & RECORD_DEAD_LETTERED) !== 0,
    );
    this.#properties = properties;
    if (newKey === undefined) {
      this.keys = [...visibleKeys, ...hiddenKeys];
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
