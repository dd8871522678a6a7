// SASL mechanisms offered in connection.start: what each makes of the client's response.

import { ByteReader } from '../../protocol/byte-reader.ts';
import { DecodeError } from '../../protocol/decode-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';

export interface Credentials {
  readonly userName: string;
  readonly password: Buffer;
}

/** Returns undefined when the response is malformed. */
type Mechanism = (response: Buffer) => Credentials | undefined;

/** THE list. Names are case-sensitive. */
export const MECHANISMS: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['PLAIN', plain],
  ['AMQPLAIN', amqplain],
]);

/** NUL authcid NUL password; an authzid in front is refused (RFC 4616, as RabbitMQ restricts it). */
function plain(response: Buffer): Credentials | undefined {
  if (response[0] !== 0) return undefined;
  const middle = response.indexOf(0, 1);
  if (middle < 0 || response.indexOf(0, middle + 1) >= 0) return undefined;
  const userName = response.toString('utf8', 1, middle);
  return { userName, password: Buffer.from(response.subarray(middle + 1)) };
}

/** A field table without its length: LOGIN and PASSWORD. */
function amqplain(response: Buffer): Credentials | undefined {
  const table = Buffer.alloc(4 + response.length);
  table.writeUInt32BE(response.length, 0);
  response.copy(table, 4);
  let fields: FieldTable;
  try {
    fields = new ByteReader(table, 0, table.length).table();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
  const login = fields.get('LOGIN');
  const password = fields.get('PASSWORD');
  if (login?.type !== 'S' && login?.type !== 'x') return undefined;
  if (password?.type !== 'S' && password?.type !== 'x') return undefined;
  return { userName: login.value.toString('utf8'), password: Buffer.from(password.value) };
}
