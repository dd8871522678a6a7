// What is remembered of a dead letter that nobody took yet, as the trailer of its record: when it died in
// place of its expiry, and in place of its hidden keys: reason, "1" when an exchange took it in, number of
// the hidden keys, these, and the queues that have it already.

import { expiresAtMsAt, hiddenKeysAt } from './record-trailer.ts';
import { hiddenKeysOf } from './sender-selected.ts';

export interface Undelivered<Reason extends string = string> {
  readonly reason: Reason;
  readonly diedAtMs: number;
  /** Routing keys of BCC. */
  readonly hiddenKeys: readonly string[];
  /** An exchange holds it back, or found it to be a duplicate: it is not given to one again. */
  readonly isTakenIn: boolean;
  readonly takenBy: readonly string[];
}

/** What goes into the trailer beside `diedAtMs`. Where the room ends, queues are forgotten first. */
export function undeliveredNames(letter: Undelivered): Buffer | undefined {
  const { reason, hiddenKeys, isTakenIn, takenBy } = letter;
  const count = String(hiddenKeys.length);
  return hiddenKeysOf([reason, isTakenIn ? '1' : '', count, ...hiddenKeys, ...takenBy]);
}

export function undeliveredAt<Reason extends string>(
  slab: Buffer,
  offset: number,
): Undelivered<Reason> {
  const [reason, takenIn, count, ...names] = hiddenKeysAt(slab, offset);
  const hiddenCount = Number(count);
  return {
    reason: reason as Reason,
    diedAtMs: expiresAtMsAt(slab, offset),
    isTakenIn: takenIn === '1',
    hiddenKeys: names.slice(0, hiddenCount),
    takenBy: names.slice(hiddenCount),
  };
}
