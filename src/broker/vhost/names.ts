// Rules of exchange and queue names.

import { accessRefused, preconditionFailed } from '../../protocol/amqp-error.ts';
import type { ResourceKind } from './permissions.ts';

/** What AMQP carries in a short string. */
const SHORT_STRING_BYTES_MAX = 255;

/** Throws 406. A client of AMQP cannot send a longer one, other ways to ask can. */
export function requireShort(what: 'queue' | 'exchange' | 'routing key', text: string): void {
  // No character takes more than three octets per UTF-16 unit.
  if (text.length * 3 <= SHORT_STRING_BYTES_MAX) return;
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes <= SHORT_STRING_BYTES_MAX) return;
  throw preconditionFailed(`${what} should be less than 255 bytes, actually was ${bytes}`);
}

/** RabbitMQ silently removes CR and LF from names in declare, delete and bind. */
export function stripCrLf(name: string): string {
  return name.includes('\r') || name.includes('\n') ? name.replaceAll(/[\r\n]/g, '') : name;
}

export function isReservedName(name: string): boolean {
  return name.startsWith('amq.');
}

/** Throws 403: clients cannot create names with the reserved prefix. */
export function requireUnreservedName(kind: ResourceKind, name: string): void {
  if (isReservedName(name)) {
    throw accessRefused(`${kind} name '${name}' contains reserved prefix 'amq.*'`);
  }
}

/** Throws 403: the default exchange cannot be declared, deleted, bound or unbound. */
export function requireNotDefaultExchange(name: string): void {
  if (name === '') throw accessRefused('operation not permitted on the default exchange');
}
