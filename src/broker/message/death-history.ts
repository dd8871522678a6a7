// The headers that tell where a message died: x-death (newest entry first, one per queue and reason) and
// x-first-death-…, x-last-death-…. Names, types and order of fields are RabbitMQ's.

import type { MessageProperties } from '../../protocol/content-header.ts';
import type { FieldTable, FieldValue } from '../../protocol/field-table.ts';

export interface Death {
  readonly queue: string;
  readonly reason: string;
  /** The exchange through which the message came to the queue. */
  readonly exchange: string;
  /** The keys it came with: its own and those of CC, not those of BCC. */
  readonly routingKeys: readonly string[];
  /** Seconds since the Unix epoch. */
  readonly timeSeconds: number;
}

const X_DEATH = 'x-death';

function text(value: string): FieldValue {
  return { type: 'S', value: Buffer.from(value, 'utf8') };
}

function textOf(table: FieldTable, name: string): string | undefined {
  const value = table.get(name);
  return value?.type === 'S' ? value.value.toString('utf8') : undefined;
}

/** The entries of x-death, newest first; what is not an entry is left out. */
export function deathsOf(headers: FieldTable | undefined): FieldTable[] {
  const field = headers?.get(X_DEATH);
  if (field?.type !== 'A') return [];
  const tables: FieldTable[] = [];
  for (const item of field.value) if (item.type === 'F') tables.push(item.value);
  return tables;
}

/** True for a message that died in the queue of that name, or came to where it died by the exchange. */
export function diedBehind(headers: FieldTable | undefined, name: string): boolean {
  return deathsOf(headers).some(
    (entry) => textOf(entry, 'queue') === name || textOf(entry, 'exchange') === name,
  );
}

/** The properties of a message after that death. `isOurs`: x-death was written by this broker. */
export function propertiesAfterDeath(
  properties: MessageProperties,
  death: Death,
  isOurs: boolean,
): MessageProperties {
  const { expiration, headers: before, ...rest } = properties;
  const headers = new Map(before);
  const deaths = isOurs ? deathsOf(before) : [];
  headers.set(X_DEATH, {
    type: 'A',
    value: afterDeath(deaths, death, expiration).map((value) => ({ type: 'F', value })),
  });
  if (!isOurs || !headers.has('x-first-death-reason')) setDeath(headers, 'x-first-death', death);
  setDeath(headers, 'x-last-death', death);
  return { ...rest, headers };
}

function setDeath(headers: Map<string, FieldValue>, prefix: string, death: Death): void {
  headers.set(`${prefix}-reason`, text(death.reason));
  headers.set(`${prefix}-queue`, text(death.queue));
  headers.set(`${prefix}-exchange`, text(death.exchange));
}

function afterDeath(
  deaths: readonly FieldTable[],
  death: Death,
  expiration: string | undefined,
): FieldTable[] {
  const isSame = (entry: FieldTable) =>
    textOf(entry, 'queue') === death.queue && textOf(entry, 'reason') === death.reason;
  const known = deaths.find(isSame);
  const others = deaths.filter((entry) => entry !== known);
  return [known === undefined ? newEntry(death, expiration) : countedAgain(known), ...others];
}

function newEntry(death: Death, expiration: string | undefined): FieldTable {
  const keys = death.routingKeys.map(text);
  const entry = new Map<string, FieldValue>([
    ['count', { type: 'l', value: 1n }],
    ['reason', text(death.reason)],
    ['queue', text(death.queue)],
    ['time', { type: 'T', value: BigInt(death.timeSeconds) }],
    ['exchange', text(death.exchange)],
    ['routing-keys', { type: 'A', value: keys }],
  ]);
  if (expiration !== undefined) entry.set('original-expiration', text(expiration));
  return entry;
}

/** Time, exchange and keys stay those of the first time. */
function countedAgain(entry: FieldTable): FieldTable {
  const count = entry.get('count');
  const before = count?.type === 'l' ? count.value : 0n;
  return new Map(entry).set('count', { type: 'l', value: before + 1n });
}

/**
 * RabbitMQ's cycle rule: a message that was in the queue before does not come back to it without
 * ever having been rejected on the way.
 */
export function isCycle(deaths: readonly FieldTable[], queue: string): boolean {
  for (const entry of deaths) {
    if (textOf(entry, 'reason') === 'rejected') return false;
    if (textOf(entry, 'queue') === queue) return true;
  }
  return false;
}
