// Rules of exchange and queue names.

import { accessRefused } from '../../protocol/amqp-error.ts';
import type { ResourceKind } from './permissions.ts';

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
