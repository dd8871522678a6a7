// The headers CC and BCC: further routing keys of a message. BCC is seen by nobody who receives it.

import { preconditionFailed } from '../../protocol/amqp-error.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { propertiesOf, rewriteProperties } from './message-properties.ts';

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

/** Puts keys back that withoutBcc took, for a message that is stored before it is routed. */
export function restoreBcc(message: IncomingMessage, bccKeys: readonly string[]): void {
  const properties = propertiesOf(message);
  const headers = new Map(properties.headers);
  const value = bccKeys.map((key) => ({ type: 'S' as const, value: Buffer.from(key, 'utf8') }));
  headers.set('BCC', { type: 'A', value });
  rewriteProperties(message, { ...properties, headers });
}
