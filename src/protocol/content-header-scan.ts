// HOT: looks through the header of each published message for the few properties the broker acts on.
// Budget: integers only, no allocation, no throw; under 20 ns for the common flag sets.

import {
  CONTENT_CLASS,
  CONTENT_HEADER_BYTES_MIN,
  FLAG_APP_ID,
  FLAG_CLUSTER_ID,
  FLAG_CONTENT_ENCODING,
  FLAG_CONTENT_TYPE,
  FLAG_CORRELATION_ID,
  FLAG_DELIVERY_MODE,
  FLAG_EXPIRATION,
  FLAG_HEADERS,
  FLAG_MESSAGE_ID,
  FLAG_PRIORITY,
  FLAG_REPLY_TO,
  FLAG_TIMESTAMP,
  FLAG_TYPE,
  FLAG_USER_ID,
} from './content-header.ts';
import { TableScan } from './table-scan.ts';

export const SCAN_OK = 0;
/** The class is not 60; `classId` tells which. */
export const SCAN_NOT_BASIC = 1;
/** The weight is not 0. */
export const SCAN_WEIGHT = 2;
/** Truncated, octets left over, or a header table that is not valid. */
export const SCAN_BAD_PROPERTIES = 3;

/** Properties that the broker does not look at are not told here. Offsets of absent ones are -1. */
export class ContentHeaderScan {
  classId = 0;
  /** Infinity from 2^53 on: larger than any limit, and not exact. */
  bodyBytes = 0;
  propertyFlags = 0;
  /** 0 = absent. */
  deliveryMode = 0;
  /** -1 = absent. */
  priority = -1;
  /** The headers table with its four octets of length. */
  headersStart = -1;
  headersEnd = -1;
  /** A header CC or BCC was seen. */
  hasSenderSelected = false;
  /** Offsets of a short string's octets, without its length octet. */
  expirationStart = -1;
  expirationEnd = -1;
  replyToStart = -1;
  replyToEnd = -1;
  userIdStart = -1;
  userIdEnd = -1;
  readonly #tableScan = new TableScan();

  /** Scans the payload of a header frame; all fields are set anew. */
  scan(buffer: Buffer, start: number, end: number): number {
    this.#clear();
    if (end - start < CONTENT_HEADER_BYTES_MIN) return SCAN_BAD_PROPERTIES;
    // Weight before class, as RabbitMQ matches them.
    if (((buffer[start + 2] as number) | (buffer[start + 3] as number)) !== 0) return SCAN_WEIGHT;
    this.classId = ((buffer[start] as number) << 8) | (buffer[start + 1] as number);
    if (this.classId !== CONTENT_CLASS) return SCAN_NOT_BASIC;
    const high = longAt(buffer, start + 4);
    const low = longAt(buffer, start + 8);
    this.bodyBytes = high === 0 ? low : high < 0x200000 ? high * 0x100000000 + low : Infinity;
    const flags = ((buffer[start + 12] as number) << 8) | (buffer[start + 13] as number);
    this.propertyFlags = flags;
    let at = start + CONTENT_HEADER_BYTES_MIN;
    // The rest is for more than content-type and delivery-mode.
    if ((flags & ~(FLAG_CONTENT_TYPE | FLAG_DELIVERY_MODE)) !== 0) {
      return this.#scanAll(buffer, at, end, flags) ? SCAN_OK : SCAN_BAD_PROPERTIES;
    }
    if ((flags & FLAG_CONTENT_TYPE) !== 0) {
      if (at === end) return SCAN_BAD_PROPERTIES;
      at += 1 + (buffer[at] as number);
    }
    if ((flags & FLAG_DELIVERY_MODE) !== 0) {
      if (at >= end) return SCAN_BAD_PROPERTIES;
      this.deliveryMode = buffer[at++] as number;
    }
    return at === end ? SCAN_OK : SCAN_BAD_PROPERTIES;
  }

  #clear(): void {
    this.bodyBytes = 0;
    this.propertyFlags = 0;
    this.deliveryMode = 0;
    this.priority = -1;
    this.headersStart = -1;
    this.headersEnd = -1;
    this.hasSenderSelected = false;
    this.expirationStart = -1;
    this.expirationEnd = -1;
    this.replyToStart = -1;
    this.replyToEnd = -1;
    this.userIdStart = -1;
    this.userIdEnd = -1;
  }

  /** Every step leaves `at` beyond `end` when the header is too short; the last comparison sees it. */
  #scanAll(buffer: Buffer, first: number, end: number, flags: number): boolean {
    let at = first;
    if ((flags & FLAG_CONTENT_TYPE) !== 0) at = skipShortString(buffer, at, end);
    if ((flags & FLAG_CONTENT_ENCODING) !== 0) at = skipShortString(buffer, at, end);
    if ((flags & FLAG_HEADERS) !== 0) {
      this.headersStart = at;
      at = this.#tableScan.skip(buffer, at, end);
      if (at < 0) return false;
      this.headersEnd = at;
      this.hasSenderSelected = this.#tableScan.hasSenderSelected;
    }
    if ((flags & FLAG_DELIVERY_MODE) !== 0) {
      if (at >= end) return false;
      this.deliveryMode = buffer[at++] as number;
    }
    if ((flags & FLAG_PRIORITY) !== 0) {
      if (at >= end) return false;
      this.priority = buffer[at++] as number;
    }
    if ((flags & FLAG_CORRELATION_ID) !== 0) at = skipShortString(buffer, at, end);
    if ((flags & FLAG_REPLY_TO) !== 0) {
      this.replyToStart = at + 1;
      this.replyToEnd = at = skipShortString(buffer, at, end);
    }
    if ((flags & FLAG_EXPIRATION) !== 0) {
      this.expirationStart = at + 1;
      this.expirationEnd = at = skipShortString(buffer, at, end);
    }
    if ((flags & FLAG_MESSAGE_ID) !== 0) at = skipShortString(buffer, at, end);
    if ((flags & FLAG_TIMESTAMP) !== 0) at += 8;
    if ((flags & FLAG_TYPE) !== 0) at = skipShortString(buffer, at, end);
    if ((flags & FLAG_USER_ID) !== 0) {
      this.userIdStart = at + 1;
      this.userIdEnd = at = skipShortString(buffer, at, end);
    }
    if ((flags & FLAG_APP_ID) !== 0) at = skipShortString(buffer, at, end);
    if ((flags & FLAG_CLUSTER_ID) !== 0) at = skipShortString(buffer, at, end);
    return at === end;
  }
}

/** Never reads at or behind `end`; the result is beyond `end` when the string is. */
function skipShortString(buffer: Buffer, at: number, end: number): number {
  return at >= end ? end + 1 : at + 1 + (buffer[at] as number);
}

function longAt(buffer: Buffer, at: number): number {
  return (
    (((buffer[at] as number) << 24) |
      ((buffer[at + 1] as number) << 16) |
      ((buffer[at + 2] as number) << 8) |
      (buffer[at + 3] as number)) >>>
    0
  );
}
