// What makes two messages the same: the octets of the header (or the message-id) that a window goes by.

import type { MessageProperties } from '../../protocol/content-header.ts';
import type { FieldValue } from '../../protocol/field-table.ts';
import { formatFieldValue } from '../../protocol/field-value.ts';

export const DEDUPLICATION_HEADER = 'x-deduplication-header';
/** A header of this name means the property, when the message has no such header. */
const MESSAGE_ID = 'message-id';
const CACHE_TTL_HEADER = 'x-cache-ttl';
/** Longer values are no keys: a window must stay small. */
const KEY_BYTES_MAX = 4096;
const INTEGER_TYPES = 'bBsuIilL';

/** The key, or undefined when the message has none: then it is no duplicate of anything. */
export function deduplicationKey(
  properties: MessageProperties,
  header: string,
): Buffer | undefined {
  const field = properties.headers?.get(header);
  if (field === undefined) {
    const id = header === MESSAGE_ID ? properties.messageId : undefined;
    return id === undefined ? undefined : Buffer.from(`S${id}`, 'utf8');
  }
  const key = keyOf(field);
  return key.length > KEY_BYTES_MAX ? undefined : key;
}

/** Strings by their octets, integers of all widths by number, everything else as it prints. */
function keyOf(field: FieldValue): Buffer {
  if (field.type === 'S' || field.type === 'x') {
    return Buffer.concat([Buffer.from('S', 'latin1'), field.value]);
  }
  const type = INTEGER_TYPES.includes(field.type) ? 'I' : field.type;
  return Buffer.from(`${type}${formatFieldValue(field)}`, 'utf8');
}

/** How long the message asks to be remembered; undefined = it does not say. */
export function deduplicationTtlMs(properties: MessageProperties): number | undefined {
  const field = properties.headers?.get(CACHE_TTL_HEADER);
  if (field === undefined || !INTEGER_TYPES.includes(field.type)) return undefined;
  const ttlMs = Number(field.value as number | bigint);
  return ttlMs >= 0 ? ttlMs : undefined;
}
