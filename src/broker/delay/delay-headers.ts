// The headers that ask for a delay. `x-delay` is that of the delayed-message plug-in: milliseconds, kept
// with its sign turned once the message is released, so that it is delayed once only. `x-deliver-at` is a
// time: an AMQP timestamp, or seconds or milliseconds since the Unix epoch.

import type { FieldTable, FieldValue } from '../../protocol/field-table.ts';

/** The plug-in's bound: anything longer is no delay at all. */
const DELAY_MS_MAX = 4_294_967_295;
/** Numbers from here on are milliseconds (since 1973), below seconds (until the year 5138). */
const MILLISECONDS_FROM = 100_000_000_000;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** Milliseconds to wait; 0 = the message is not to be delayed. `untilMs` tells how far a time is away. */
export function delayMsOf(headers: FieldTable, untilMs: (wallMs: number) => number): number {
  const delay = headers.get('x-delay');
  if (delay !== undefined) return relativeDelayMs(delay);
  const deliverAt = headers.get('x-deliver-at');
  const wallMs = deliverAt === undefined ? undefined : timeMsOf(deliverAt);
  return wallMs === undefined ? 0 : Math.max(0, untilMs(wallMs));
}

function relativeDelayMs(field: FieldValue): number {
  const number = field.type === 'T' ? undefined : numberOf(field);
  const delayMs = number === undefined ? 0 : Math.trunc(number);
  return delayMs > 0 && delayMs <= DELAY_MS_MAX ? delayMs : 0;
}

function timeMsOf(field: FieldValue): number | undefined {
  if (field.type === 'T') return Number(field.value) * 1000;
  const number = numberOf(field);
  if (number === undefined) return undefined;
  return number >= MILLISECONDS_FROM ? Math.trunc(number) : Math.trunc(number * 1000);
}

/** The headers of a message whose delay is over; undefined when they stay as they are. */
export function releasedHeaders(headers: FieldTable): FieldTable | undefined {
  const delay = headers.get('x-delay');
  const delayMs = delay === undefined ? 0 : relativeDelayMs(delay);
  if (delayMs === 0) return undefined;
  const released = new Map(headers);
  // The plug-in writes 32 bits, which a longer delay does not fit.
  const isShort = delayMs <= 2 ** 31;
  released.set(
    'x-delay',
    isShort ? { type: 'I', value: -delayMs } : { type: 'l', value: BigInt(-delayMs) },
  );
  return released;
}

/** A number of any type, also one that is written out; undefined for everything else. */
export function numberOf(field: FieldValue): number | undefined {
  switch (field.type) {
    case 'l':
    case 'L':
    case 'T':
      return Number(field.value);
    case 'S':
    case 'x': {
      const text = field.value.toString('latin1');
      return NUMBER.test(text) ? Number(text) : undefined;
    }
    case 'D':
      return field.value.value / 10 ** field.value.scale;
    case 't':
    case 'A':
    case 'F':
    case 'V':
      return undefined;
    default:
      return Number.isFinite(field.value) ? field.value : undefined;
  }
}
