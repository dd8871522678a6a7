// The auditor's idea of a deduplication window: which keys are in it for sure, which may be. A crash takes
// back what was not durable; then a key may be there without anybody knowing.

import type { PublishedMessage } from './model-queue.ts';
import type { WindowRules } from './queue-rules.ts';

const DEFAULT_HEADER = 'x-deduplication-header';
/** More than one batch pushes out. */
const OUT_MAX = 200;
const TTL_HEADER = 'x-cache-ttl';

interface Seen {
  readonly key: string;
  /** The messages that brought it, one of which was taken. */
  readonly messageIds: readonly string[];
  readonly at: number;
  readonly isPersistent: boolean;
  /** It is forgotten within this span. */
  readonly expiresFromMs: number;
  readonly expiresToMs: number;
  readonly isSure: boolean;
  /** Only a crash makes it doubtful: the key is there exactly when its message was stored. */
  readonly isAsStored: boolean;
  /** It is in the window, and what stands behind it came later. */
  readonly isPlaceKnown: boolean;
  /** When it was pushed out; infinite while it was not. */
  readonly outAt: number;
}

export type Verdict =
  | { readonly kind: 'new' }
  | { readonly kind: 'duplicate'; readonly messageIds: readonly string[] }
  /** Exactly one of these and the new one is there, when the key is as its message was stored. */
  | {
      readonly kind: 'unknown';
      readonly messageIds: readonly string[];
      readonly isEither: boolean;
    };

export class ModelWindow {
  readonly #rules: WindowRules;
  /** In order of arrival. */
  #seen: Seen[] = [];
  /** Pushed out, but that may not be durable yet. */
  #out: Seen[] = [];

  constructor(rules: WindowRules) {
    this.#rules = rules;
  }

  /** A message comes: what becomes of it. From then on its key is in the window. */
  offer(message: PublishedMessage, at: number, nowMs: number): Verdict {
    const key = message.headers[this.#rules.header ?? DEFAULT_HEADER];
    if (key === undefined) return { kind: 'new' };
    const before = this.#seen.find((seen) => seen.key === key && nowMs < seen.expiresToMs);
    if (before?.isSure === true && nowMs < before.expiresFromMs) {
      return { kind: 'duplicate', messageIds: before.messageIds };
    }
    this.#seen = this.#seen.filter((seen) => seen.key !== key);
    const ttl = message.headers[TTL_HEADER];
    const ttlMs = typeof ttl === 'number' ? ttl : this.#rules.ttlMs;
    const untilMs = ttlMs === undefined ? Number.POSITIVE_INFINITY : nowMs + ttlMs;
    const { id, isPersistent } = message;
    const outAt = Number.POSITIVE_INFINITY;
    const fresh = { key: String(key), messageIds: [id], at, isPersistent, isSure: true, outAt };
    const span = { expiresFromMs: untilMs, expiresToMs: untilMs };
    if (before === undefined) {
      this.#push({ ...fresh, ...span, isAsStored: true, isPlaceKnown: true });
      return { kind: 'new' };
    }
    const isEither = before.isAsStored && nowMs < before.expiresFromMs;
    const messageIds = [...before.messageIds, id];
    this.#push({
      ...fresh,
      messageIds,
      expiresFromMs: Math.max(nowMs, Math.min(before.expiresFromMs, untilMs)),
      expiresToMs: Math.max(before.expiresToMs, untilMs),
      isAsStored: isEither,
      isPlaceKnown: false,
    });
    return { kind: 'unknown', messageIds: before.messageIds, isEither };
  }

  #push(seen: Seen): void {
    this.#seen.push(seen);
    const { cacheSize } = this.#rules;
    if (this.#seen.length <= cacheSize) return;
    let known = 0;
    while (this.#seen.at(-1 - known)?.isPlaceKnown === true) known++;
    if (known >= cacheSize) {
      const left = this.#seen.splice(0, this.#seen.length - cacheSize);
      this.#out.push(...left.map((one) => ({ ...one, outAt: seen.at })));
      this.#out.splice(0, this.#out.length - OUT_MAX);
      return;
    }
    // Which of the others is pushed out is not known.
    this.#seen = this.#seen.map((one, index) =>
      index < this.#seen.length - known ? { ...one, isSure: false, isAsStored: false } : one,
    );
  }

  /** What a restart finds. */
  afterCrash(isDurable: (at: number) => boolean): ModelWindow {
    const after = new ModelWindow(this.#rules);
    const back = this.#out.filter(({ outAt }) => !isDurable(outAt));
    const doubt = { isSure: false, isAsStored: false, isPlaceKnown: false };
    const doubtful = back.map((seen) => ({ ...seen, ...doubt }));
    const kept = this.#seen.flatMap((seen) => {
      const hadOlder = seen.messageIds.length > 1 || !seen.isAsStored;
      if (!seen.isPersistent && !hadOlder) return [];
      const isSure = seen.isSure && seen.isPersistent && isDurable(seen.at);
      const isAsStored = seen.isAsStored && back.length === 0;
      return { ...seen, isSure, isAsStored, isPlaceKnown: seen.isPlaceKnown && isSure };
    });
    after.#seen = [...doubtful, ...kept];
    return after;
  }
}
