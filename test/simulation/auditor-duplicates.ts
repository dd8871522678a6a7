// The auditor's rules of deduplication. A message whose key is in the window never comes out, and its confirm
// promises the message that it repeats. After a crash a key may be in the window or not, as its message was
// stored or not: then of that message and one that repeats it exactly one comes out, never none.

import type { Auditor } from './auditor.ts';
import type { ModelQueue, PublishedMessage, QueueEntry } from './model-queue.ts';
import type { ModelWindow, Verdict } from './model-window.ts';

type Doubt = Extract<Verdict, { kind: 'unknown' }> & { readonly firsts: readonly QueueEntry[] };

export type Offer =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate'; readonly firsts: QueueEntry[] }
  | Doubt;

/** What a window makes of a message; `firsts` are the entries of those it may repeat. */
export function offer(
  auditor: Auditor,
  window: ModelWindow | undefined,
  message: PublishedMessage,
): Offer {
  const verdict = window?.offer(message, auditor.now, auditor.nowMs) ?? { kind: 'new' };
  if (verdict.kind === 'new') return verdict;
  const firsts = [...auditor.topology.queues.values()].flatMap(({ entries }) =>
    entries.filter((entry) => verdict.messageIds.includes(entry.message.id)),
  );
  if (verdict.kind === 'duplicate' || (verdict.isEither && firsts.some(({ isSure }) => isSure))) {
    auditor.coverage.count('duplicates');
    auditor.either.repeated(firsts, verdict.messageIds.length);
    return { kind: 'duplicate', firsts };
  }
  if (verdict.isEither) auditor.coverage.count('repeats after a crash');
  return { ...verdict, firsts };
}

/** Entries of which exactly one is there. */
export class Either {
  #count = 0;
  /** By queue and number: confirmed, so one must come out of the queue. */
  readonly #promised = new Map<string, string>();
  readonly #cameOut = new Set<string>();
  /** Queues out of which messages went that nobody saw. */
  readonly #lossy = new Set<string>();

  /** The entry is there only if the one that it repeats is not. */
  doubt(entry: QueueEntry, doubt: Doubt): void {
    entry.isSure = false;
    entry.isOwed = false;
    entry.isDoubtful = true;
    const firsts = doubt.firsts.filter(({ queue }) => queue === entry.queue);
    if (!doubt.isEither || firsts.length === 0) return;
    const known = firsts.find(({ eitherId }) => eitherId > 0)?.eitherId;
    const eitherId = known ?? ++this.#count;
    for (const each of [...firsts, entry]) each.eitherId = eitherId;
    // What had ended, or never came to this queue, need not come out: its key may be there without it.
    // What is transient may get lost.
    const isVoid =
      firsts.length < doubt.messageIds.length ||
      [...firsts, entry].some((one) => one.hadEnded || !one.message.isPersistent);
    if (isVoid) this.#cameOut.add(keyOf(entry));
  }

  /** One more repeats them. Those of them that no queue took may be what it repeats. */
  repeated(firsts: readonly QueueEntry[], messageCount: number): void {
    for (const first of firsts) {
      const together = firsts.filter(({ queue }) => queue === first.queue);
      if (together.length < messageCount) this.#cameOut.add(keyOf(first));
    }
  }

  confirmed(entry: QueueEntry): void {
    if (entry.eitherId === 0) return;
    this.#promised.set(keyOf(entry), entry.message.id);
  }

  cameOut(auditor: Auditor, entry: QueueEntry): void {
    if (entry.eitherId === 0) return;
    this.#cameOut.add(keyOf(entry));
    const { queue } = entry;
    queue.entries = queue.entries.filter(
      (other) => other === entry || other.eitherId !== entry.eitherId,
    );
    auditor.coverage.count('one of two repeats');
  }

  lost(queue: ModelQueue): void {
    this.#lossy.add(queue.name);
  }

  /** The promises that were not kept. */
  missing(): { readonly id: string; readonly queue: string }[] {
    return [...this.#promised].flatMap(([key, id]) => {
      const queue = key.slice(0, key.indexOf('|'));
      return this.#cameOut.has(key) || this.#lossy.has(queue) ? [] : { id, queue };
    });
  }
}

function keyOf(entry: QueueEntry): string {
  return `${entry.queue.name}|${entry.eitherId}`;
}

/** All queues are empty: of messages that repeat each other one must have come out. */
export function checkEither(auditor: Auditor): void {
  for (const { id, queue } of auditor.either.missing()) {
    auditor.violation('lost', `neither ${id} nor what it repeats came out of ${queue}`);
  }
}
