// How definitions and queue states are written: a version byte, a CRC-32, the content. Invariant: what
// decodes is exactly what was encoded; anything else is reported as damage, never guessed at.

import { crc32 } from 'node:zlib';
import type { DeduplicationEntry, DelayedState, QueueState } from '../broker/journal.ts';
import type { MetadataKind, MetadataRecord, MetadataValue } from '../broker/metadata.ts';
import { assert } from '../util/assert.ts';

const VERSION = 1;
const CHECKSUM_OFFSET = 1;
const CONTENT_OFFSET = 5;

/** Order on disk and of Metadata.load(); the number is what is stored, so lines are only ever added. */
const KIND_NUMBERS: Readonly<Record<MetadataKind, number>> = {
  node: 1,
  vhost: 2,
  user: 3,
  permission: 4,
  exchange: 5,
  queue: 6,
  binding: 7,
  policy: 8,
  operator_policy: 9,
  topic_permission: 10,
  global_parameter: 11,
};

const KINDS_BY_NUMBER = new Map<number, MetadataKind>(
  (Object.keys(KIND_NUMBERS) as MetadataKind[]).map((kind) => [KIND_NUMBERS[kind], kind]),
);

const METADATA_KEY_BYTES = 7;
const ID_BYTES = 6;

export function metadataKey(kind: MetadataKind, id: number): Buffer {
  const key = Buffer.allocUnsafe(METADATA_KEY_BYTES);
  key[0] = KIND_NUMBERS[kind];
  key.writeUIntBE(id, 1, ID_BYTES);
  return key;
}

/** Kind and id of a key; undefined when it is not one of ours. */
export function parseMetadataKey(key: Buffer): { kind: MetadataKind; id: number } | undefined {
  if (key.length !== METADATA_KEY_BYTES) return undefined;
  const kind = KINDS_BY_NUMBER.get(key[0] as number);
  return kind === undefined ? undefined : { kind, id: key.readUIntBE(1, ID_BYTES) };
}

/** JSON, in which bytes are `{ "base64": … }`: no other value of a field is an object. */
export function encodeFields(fields: MetadataRecord['fields']): Buffer {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'number')
      assert(Number.isFinite(value), `field ${name} is a finite number`);
    plain[name] =
      value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
  }
  return seal(Buffer.from(JSON.stringify(plain), 'utf8'));
}

/** The fields, or undefined when the bytes are damaged. */
export function decodeFields(bytes: Buffer): MetadataRecord['fields'] | undefined {
  const content = unseal(bytes);
  if (content === undefined) return undefined;
  const plain = JSON.parse(content.toString('utf8')) as Record<string, unknown>;
  const fields: Record<string, MetadataValue> = {};
  for (const [name, value] of Object.entries(plain)) {
    fields[name] = isBytes(value)
      ? new Uint8Array(Buffer.from(value.base64, 'base64'))
      : (value as MetadataValue);
  }
  return fields;
}

function isBytes(value: unknown): value is { base64: string } {
  return typeof value === 'object' && value !== null && 'base64' in value;
}

const STATE_FIELD_BYTES = 8;
const STATE_CONTENT_BYTES = 6 * STATE_FIELD_BYTES;

export function encodeQueueState(state: QueueState): Buffer {
  const content = Buffer.allocUnsafe(STATE_CONTENT_BYTES);
  content.writeDoubleBE(state.nextPosition, 0);
  content.writeDoubleBE(state.floorPosition, STATE_FIELD_BYTES);
  content.writeDoubleBE(state.cursorPosition, 2 * STATE_FIELD_BYTES);
  content.writeDoubleBE(state.messageCount, 3 * STATE_FIELD_BYTES);
  content.writeDoubleBE(state.bodyBytes, 4 * STATE_FIELD_BYTES);
  content.writeDoubleBE(state.headExpiresAtMs, 5 * STATE_FIELD_BYTES);
  return seal(content);
}

/** The state, or undefined when the bytes are damaged. */
export function decodeQueueState(bytes: Buffer): QueueState | undefined {
  const content = unseal(bytes);
  if (content === undefined || content.length !== STATE_CONTENT_BYTES) return undefined;
  return {
    nextPosition: content.readDoubleBE(0),
    floorPosition: content.readDoubleBE(STATE_FIELD_BYTES),
    cursorPosition: content.readDoubleBE(2 * STATE_FIELD_BYTES),
    messageCount: content.readDoubleBE(3 * STATE_FIELD_BYTES),
    bodyBytes: content.readDoubleBE(4 * STATE_FIELD_BYTES),
    headExpiresAtMs: content.readDoubleBE(5 * STATE_FIELD_BYTES),
  };
}

export function encodeDelayedState(state: DelayedState): Buffer {
  const content = Buffer.allocUnsafe(2 * STATE_FIELD_BYTES);
  content.writeDoubleBE(state.nextSequence, 0);
  content.writeDoubleBE(state.messageCount, STATE_FIELD_BYTES);
  return seal(content);
}

/** The state, or undefined when the bytes are damaged. */
export function decodeDelayedState(bytes: Buffer): DelayedState | undefined {
  const content = unseal(bytes);
  if (content?.length !== 2 * STATE_FIELD_BYTES) return undefined;
  return {
    nextSequence: content.readDoubleBE(0),
    messageCount: content.readDoubleBE(STATE_FIELD_BYTES),
  };
}

export function encodeDeduplicationEntry({ key, expiresMs }: DeduplicationEntry): Buffer {
  const content = Buffer.allocUnsafe(STATE_FIELD_BYTES + key.length);
  content.writeDoubleBE(expiresMs, 0);
  content.set(key, STATE_FIELD_BYTES);
  return seal(content);
}

/** The entry, or undefined when the bytes are damaged. */
export function decodeDeduplicationEntry(
  sequence: number,
  bytes: Buffer,
): DeduplicationEntry | undefined {
  const content = unseal(bytes);
  if (content === undefined || content.length < STATE_FIELD_BYTES) return undefined;
  return { sequence, expiresMs: content.readDoubleBE(0), key: content.subarray(STATE_FIELD_BYTES) };
}

export function encodeDeliveryCount(count: number): Buffer {
  const content = Buffer.allocUnsafe(4);
  content.writeUInt32BE(count, 0);
  return seal(content);
}

/** The count, or undefined when the bytes are damaged. */
export function decodeDeliveryCount(bytes: Buffer): number | undefined {
  const content = unseal(bytes);
  return content?.length === 4 ? content.readUInt32BE(0) : undefined;
}

/** Puts version and checksum before the content. Copies it. */
export function seal(content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(CONTENT_OFFSET + content.length);
  bytes[0] = VERSION;
  bytes.set(content, CONTENT_OFFSET);
  bytes.writeUInt32BE(crc32(bytes.subarray(CONTENT_OFFSET)), CHECKSUM_OFFSET);
  return bytes;
}

/** The content, or undefined when version or checksum do not match. */
export function unseal(bytes: Buffer): Buffer | undefined {
  if (bytes.length < CONTENT_OFFSET || bytes[0] !== VERSION) return undefined;
  const content = bytes.subarray(CONTENT_OFFSET);
  return crc32(content) === bytes.readUInt32BE(CHECKSUM_OFFSET) ? content : undefined;
}
