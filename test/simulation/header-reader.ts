// Reads headers as a client would; of x-death what is not written as RabbitMQ writes it throws.

import type { FieldTable, FieldValue } from '../../src/protocol/field-table.ts';
import type { SeenDeath, SeenHeader, SeenHeaders } from './history.ts';

/** What tells of deaths and returns. */
const OF_THE_BROKER = /^x-(?:(?:first-|last-)?death|delivery-count$)/;

/** The entries of x-death, newest first; undefined without the header. */
export function deathsIn(headers: FieldTable | undefined): SeenDeath[] | undefined {
  const field = headers?.get('x-death');
  if (field === undefined) return undefined;
  if (field.type !== 'A') throw new Error(`x-death is of type ${field.type}`);
  return field.value.map(seenDeath);
}

function seenDeath(item: FieldValue): SeenDeath {
  if (item.type !== 'F') throw new Error(`an entry of x-death is of type ${item.type}`);
  const entry = item.value;
  const count = entry.get('count');
  const time = entry.get('time');
  const keys = entry.get('routing-keys');
  if (count?.type !== 'l' || time?.type !== 'T' || keys?.type !== 'A') {
    throw new Error('x-death has a field of a wrong type');
  }
  return {
    queue: text(entry.get('queue')),
    reason: text(entry.get('reason')),
    count: Number(count.value),
    exchange: text(entry.get('exchange')),
    routingKeys: keys.value.map(text),
    timeSeconds: Number(time.value),
    originalExpiration: entry.has('original-expiration')
      ? text(entry.get('original-expiration'))
      : undefined,
  };
}

function text(value: FieldValue | undefined): string {
  if (value?.type !== 'S') throw new Error(`x-death has a ${value?.type} where a text belongs`);
  return value.value.toString('utf8');
}

/** The headers that do not tell of deaths and returns; undefined when there are none. */
export function otherHeadersIn(headers: FieldTable | undefined): SeenHeaders | undefined {
  const others = [...(headers ?? [])].filter(([name]) => !OF_THE_BROKER.test(name));
  if (others.length === 0) return undefined;
  return Object.fromEntries(others.map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: FieldValue): SeenHeader {
  switch (value.type) {
    case 'S':
    case 'x':
      return value.value.toString('utf8');
    case 'A':
      return value.value.map(plainValue);
    case 'l':
    case 'L':
    case 'T':
      return Number(value.value);
    case 't':
      return value.value;
    case 'F':
    case 'D':
    case 'V':
      throw new Error(`the workload sets no header of type ${value.type}`);
    default:
      return value.value;
  }
}
