// The headers CC and BCC: further routing keys of a message. BCC is seen by nobody who receives it.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { ByteWriter } from '../../protocol/byte-writer.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import { HIDDEN_KEYS_BYTES_MAX } from './record-trailer.ts';

const SHORT_STRING_BYTES_MAX = 255;

/** The keys that the header names; throws 406 when it is no array. Items that are no strings are skipped. */
export function senderSelectedKeys(headers: FieldTable, name: 'CC' | 'BCC'): string[] {
  const field = headers.get(name);
  if (field === undefined) return [];
  if (field.type !== 'A') {
    throw preconditionFailed(
      `invalid message: {unacceptable_type_in_header,"${name}",${fieldTypeName(field.type)}}`,
    );
  }
  return field.value.flatMap((item) => (item.type === 'S' ? [item.value.toString('utf8')] : []));
}

/** The headers without BCC. */
export function withoutBcc(headers: FieldTable): FieldTable {
  const visible = new Map(headers);
  visible.delete('BCC');
  return visible;
}

/** Keys that no consumer sees, as a record's trailer holds them; undefined when there are none. */
export function hiddenKeysOf(keys: readonly string[]): Buffer | undefined {
  if (keys.length === 0) return undefined;
  const writer = new ByteWriter();
  for (const key of keys) {
    if (Buffer.byteLength(key) > SHORT_STRING_BYTES_MAX) continue;
    if (writer.position + 1 + Buffer.byteLength(key) > HIDDEN_KEYS_BYTES_MAX) break;
    writer.shortString(key);
  }
  return Buffer.from(writer.take());
}
