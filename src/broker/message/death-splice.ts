// Most dead letters without decoding them: the headers of death are put behind those of the message as
// bytes. What has headers that a death would change (of an earlier death, CC, an expiration) is left to
// DeadMessage, and the bytes are the same. Budget: no allocation but for routing keys that are seen for the
// first time.

import { ByteWriter } from '../../protocol/byte-writer.ts';
import {
  CONTENT_HEADER_BYTES_MIN,
  FLAG_CONTENT_ENCODING,
  FLAG_CONTENT_TYPE,
  FLAG_HEADERS,
} from '../../protocol/content-header.ts';
import { ContentHeaderScan, SCAN_OK } from '../../protocol/content-header-scan.ts';
import { EMPTY_TABLE } from '../../protocol/field-table.ts';
import { FRAME_END, FRAME_HEAD_BYTES, FRAME_HEADER } from '../../protocol/frame-constants.ts';
import { valueEndAt } from '../../protocol/table-scan.ts';
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

/** Names whose headers of death are kept: beyond, they start anew. */
const KEPT_MAX = 1024;
const BUFFER_BYTES_MIN = 4096;
/** Below this a loop copies faster than a call. */
const COPY_LOOP_BYTES = 48;
const NO_OCTETS = Buffer.alloc(0);
/** Names and headers of a death, without what the message brings along. */
const DEATH_BYTES_MAX = 4096;

/** The headers of one death, encoded, but for the time. */
interface DeathHeaders {
  readonly queue: string;
  readonly reason: string;
  /** Exchange and routing key of the message, as its record has them. */
  readonly names: Buffer;
  readonly octets: Buffer;
  timeSeconds: number;
  /** Where the eight octets of the time are. */
  readonly timeAt: number;
}

export class DeathSplice {
  readonly #scan = new ContentHeaderScan();
  readonly #kept = new Map<string, DeathHeaders>();
  #last: DeathHeaders | undefined;
  #buffer: Buffer = NO_OCTETS;
  #exchange = '';
  #exchangeOctets: Buffer = shortString('');
  #key: string | undefined;
  #keyOctets: Buffer = NO_OCTETS;

  /**
   * Describes the record at slab[offset] after its death as a publish to `exchange`, with its own routing
   * key where `newKey` is undefined. The buffer is valid until the next call. False when it has to be
   * decoded. It has no hidden keys.
   */
  describe(
    message: IncomingMessage,
    slab: Buffer,
    offset: number,
    queue: string,
    reason: string,
    timeSeconds: number,
    exchange: string,
    newKey: string | undefined,
  ): boolean {
    const flags = slab[offset + RECORD_FLAGS_OFFSET] as number;
    if ((flags & RECORD_DEAD_LETTERED) !== 0) return false;
    const namesStart = offset + RECORD_HEAD_BYTES;
    const keyStart = namesStart + 1 + (slab[namesStart] as number);
    const namesEnd = keyStart + 1 + (slab[keyStart] as number);
    const headerStart = namesEnd + 1 + FRAME_HEAD_BYTES;
    const headerEnd = headerStart + recordBytesAt(slab, headerStart - 4);
    const scan = this.#scan;
    if (scan.scan(slab, headerStart, headerEnd) !== SCAN_OK) return false;
    if (scan.hasSenderSelected || scan.expirationStart >= 0) return false;
    if (scan.headersStart >= 0 && hasDeath(slab, scan.headersStart, scan.headersEnd)) return false;

    const death = this.#headersOfDeath(queue, reason, slab, namesStart, namesEnd);
    writeTime(death, timeSeconds);
    const contentEnd = contentEndAt(slab, offset);
    const buffer = this.#room(contentEnd - namesStart + DEATH_BYTES_MAX);
    let at = copy(this.#exchangeAs(exchange), buffer, 0);
    if (newKey === undefined) at = copy(slab, buffer, at, keyStart, namesEnd);
    else at = copy(this.#keyAs(newKey), buffer, at);
    message.buffer = buffer;
    message.namesStart = 0;
    message.namesEnd = message.contentStart = at;
    at = spliceHeader(buffer, at, slab, headerStart, headerEnd, scan, death.octets);
    at = copy(slab, buffer, at, headerEnd + 1, contentEnd);
    message.contentEnd = at;
    message.bodyBytes = scan.bodyBytes;
    message.describe((flags & RECORD_PERSISTENT) !== 0, scan.priority);
    message.record = undefined;
    if (at - message.contentStart >= LARGE_RECORD_BYTES) message.record = recordOf(message);
    return true;
  }

  #headersOfDeath(
    queue: string,
    reason: string,
    slab: Buffer,
    namesStart: number,
    namesEnd: number,
  ): DeathHeaders {
    const last = this.#last;
    if (
      last !== undefined &&
      last.queue === queue &&
      last.reason === reason &&
      isSame(last.names, slab, namesStart, namesEnd)
    ) {
      return last;
    }
    const key = `${reason} ${slab.toString('latin1', namesStart, namesEnd)}${queue}`;
    let death = this.#kept.get(key);
    if (death === undefined) {
      death = encodeDeath(queue, reason, Buffer.from(slab.subarray(namesStart, namesEnd)));
      if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
      this.#kept.set(key, death);
    }
    this.#last = death;
    return death;
  }

  #room(bytes: number): Buffer {
    // One that grew for a large message is not kept.
    if (bytes > LARGE_RECORD_BYTES * 2) return Buffer.allocUnsafeSlow(bytes);
    if (this.#buffer.length < bytes) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(BUFFER_BYTES_MIN, bytes * 2));
    }
    return this.#buffer;
  }

  #exchangeAs(exchange: string): Buffer {
    if (exchange !== this.#exchange) {
      this.#exchange = exchange;
      this.#exchangeOctets = shortString(exchange);
    }
    return this.#exchangeOctets;
  }

  #keyAs(key: string): Buffer {
    if (key !== this.#key) {
      this.#key = key;
      this.#keyOctets = shortString(key);
    }
    return this.#keyOctets;
  }
}

/** Writes the end of the names and the header frame; returns where it ends. */
function spliceHeader(
  buffer: Buffer,
  start: number,
  slab: Buffer,
  headerStart: number,
  headerEnd: number,
  scan: ContentHeaderScan,
  death: Buffer,
): number {
  const { headersStart, propertyFlags } = scan;
  const hasHeaders = headersStart >= 0;
  const tableAt = hasHeaders ? headersStart : beforeHeaders(slab, headerStart, propertyFlags);
  const entriesStart = hasHeaders ? headersStart + 4 : tableAt;
  const entriesEnd = hasHeaders ? scan.headersEnd : tableAt;
  const tableBytes = entriesEnd - entriesStart + death.length;
  const payloadBytes = headerEnd - headerStart + death.length + (hasHeaders ? 0 : 4);
  let at = start;
  buffer[at] = FRAME_END;
  buffer[at + 1] = FRAME_HEADER;
  buffer[at + 2] = buffer[at + 3] = 0;
  writeLong(buffer, at + 4, payloadBytes);
  at += 1 + FRAME_HEAD_BYTES;
  const flags = propertyFlags | FLAG_HEADERS;
  const flagsAt = at + CONTENT_HEADER_BYTES_MIN - 2;
  at = copy(slab, buffer, at, headerStart, tableAt);
  buffer[flagsAt] = flags >>> 8;
  buffer[flagsAt + 1] = flags;
  writeLong(buffer, at, tableBytes);
  at = copy(slab, buffer, at + 4, entriesStart, entriesEnd);
  at = copy(death, buffer, at);
  at = copy(slab, buffer, at, entriesEnd, headerEnd);
  buffer[at] = FRAME_END;
  return at + 1;
}

/** Where the headers would be. */
function beforeHeaders(slab: Buffer, headerStart: number, flags: number): number {
  let at = headerStart + CONTENT_HEADER_BYTES_MIN;
  if ((flags & FLAG_CONTENT_TYPE) !== 0) at += 1 + (slab[at] as number);
  if ((flags & FLAG_CONTENT_ENCODING) !== 0) at += 1 + (slab[at] as number);
  return at;
}

/** True when the publisher wrote a header of a death, or one that begins like it. */
function hasDeath(slab: Buffer, start: number, end: number): boolean {
  let at = start + 4;
  while (at < end) {
    const length = slab[at] as number;
    // `x-dea`, `x-fir`, `x-las`.
    if (length > 6 && slab[at + 1] === 0x78 && slab[at + 2] === 0x2d) {
      const next =
        ((slab[at + 3] as number) << 16) |
        ((slab[at + 4] as number) << 8) |
        (slab[at + 5] as number);
      if (next === 0x646561 || next === 0x666972 || next === 0x6c6173) return true;
    }
    at = valueEndAt(slab, at + 1 + length);
  }
  return false;
}

function encodeDeath(queue: string, reason: string, names: Buffer): DeathHeaders {
  const keyStart = 1 + (names[0] as number);
  const exchange = names.toString('utf8', 1, keyStart);
  const routingKeys = [names.toString('utf8', keyStart + 1)];
  const death = { queue, reason, exchange, routingKeys, timeSeconds: 0 };
  const writer = new ByteWriter();
  writer.table(propertiesAfterDeath({}, death, false).headers ?? EMPTY_TABLE);
  // x-death (array, table), count, reason, queue, time: names, types and lengths.
  const timeAt = 18 + 15 + (12 + Buffer.byteLength(reason)) + (11 + Buffer.byteLength(queue)) + 6;
  return { queue, reason, names, octets: writer.take().subarray(4), timeAt, timeSeconds: 0 };
}

function writeTime(death: DeathHeaders, timeSeconds: number): void {
  if (death.timeSeconds === timeSeconds) return;
  death.timeSeconds = timeSeconds;
  writeLong(death.octets, death.timeAt, Math.floor(timeSeconds / 2 ** 32));
  writeLong(death.octets, death.timeAt + 4, timeSeconds % 2 ** 32);
}

function shortString(text: string): Buffer {
  const octets = Buffer.from(text, 'utf8');
  return Buffer.concat([Buffer.of(octets.length), octets]);
}

function writeLong(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}

/** Returns where the copy ends. */
function copy(
  source: Buffer,
  target: Buffer,
  at: number,
  start = 0,
  end: number = source.length,
): number {
  if (end - start >= COPY_LOOP_BYTES) return at + source.copy(target, at, start, end);
  let to = at;
  for (let from = start; from < end; from++) target[to++] = source[from] as number;
  return to;
}

function isSame(names: Buffer, slab: Buffer, start: number, end: number): boolean {
  if (names.length !== end - start) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== slab[start + i]) return false;
  return true;
}
