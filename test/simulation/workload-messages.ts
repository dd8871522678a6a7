// What simulated clients publish: where to, with which properties and headers. Everything from the seed.

import type { MessageProperties } from '../../src/protocol/content-header.ts';
import type { FieldTable, FieldValue } from '../../src/protocol/field-table.ts';
import { COPY_KEYS, EXCHANGE_RULES } from './exchange-rules.ts';
import { rulesOf, text, type WindowRules } from './queue-rules.ts';
import type { SeededRandom } from './seeded-random.ts';
import { EPOCH_MS } from './simulated-clock.ts';
import type { WorldFamilies } from './world-families.ts';

export const GROUPS = ['a', 'b', 'c'] as const;

const KEYS = 6;
const KEY_AGE_MS = 2_000;
/** What delays are not is told by values that ask for none. */
const DELAYS_MS = [0, -5, 1, 10, 40, 40, 200, 700] as const;

function isDelaying(exchange: string, queue: string): boolean {
  return EXCHANGE_RULES[exchange]?.isDelaying === true || rulesOf(queue).isDelaying === true;
}

export class WorkloadMessages {
  readonly #random: SeededRandom;
  readonly #families: WorldFamilies;
  count = 0;
  /** By exchange or queue: the keys that were published last. */
  readonly #latest = new Map<string, string[]>();
  readonly #retries = new Map<string, string[]>();

  readonly #nowMs: () => number;

  constructor(random: SeededRandom, families: WorldFamilies, nowMs: () => number) {
    this.#random = random;
    this.#families = families;
    this.#nowMs = nowMs;
  }

  properties(exchange: string, routingKey: string): MessageProperties {
    const random = this.#random;
    const queue = exchange === '' ? routingKey : '';
    const headers = new Map<string, FieldValue>();
    if (rulesOf(queue).groupBy !== undefined && random.chance(85)) {
      headers.set('group', text(random.pick(GROUPS)) as FieldValue);
    }
    const window = EXCHANGE_RULES[exchange]?.window ?? rulesOf(queue).window;
    if (window !== undefined && random.chance(90)) {
      this.#nameKey(headers, window, exchange || queue);
    }
    if (queue.startsWith('death-')) this.#addKeys(headers);
    if (isDelaying(exchange, queue)) this.#askForDelay(headers);
    return {
      ...(random.chance(70) ? { deliveryMode: 2 } : {}),
      ...(random.chance(50) ? { priority: random.below(6) } : {}),
      ...(this.#mayExpire(queue) && random.chance(25)
        ? { expiration: String(random.pick([0, 5, 20, 100])) }
        : {}),
      ...(headers.size === 0 ? {} : { headers: headers as FieldTable }),
    };
  }

  #addKeys(headers: Map<string, FieldValue>): void {
    const random = this.#random;
    for (const name of ['CC', 'BCC']) {
      if (random.chance(60)) continue;
      const keys = COPY_KEYS.filter(() => random.chance(40));
      if (keys.length > 0)
        headers.set(name, { type: 'A', value: keys.map((key) => text(key) as FieldValue) });
    }
  }

  /** A few keys at a time, later others; and again those whose fate a crash left open. */
  #nameKey(headers: Map<string, FieldValue>, window: WindowRules, target: string): void {
    const random = this.#random;
    const retries = this.#retries.get(target) ?? [];
    const retry = random.chance(70) ? retries.pop() : undefined;
    const key = retry ?? `${Math.floor(this.#nowMs() / KEY_AGE_MS)}-${random.below(KEYS)}`;
    this.#latest.set(target, [...(this.#latest.get(target) ?? []), key].slice(-KEYS));
    headers.set(window.header ?? 'x-deduplication-header', text(key) as FieldValue);
    if (window.ttlMs === undefined || random.chance(60)) return;
    headers.set('x-cache-ttl', { type: 'I', value: random.pick([0, 10, 100]) });
  }

  #askForDelay(headers: Map<string, FieldValue>): void {
    const random = this.#random;
    const dice = random.below(10);
    if (dice < 5) headers.set('x-delay', { type: 'I', value: random.pick(DELAYS_MS) });
    if (dice < 4 || dice > 7) return;
    const atMs = EPOCH_MS + this.#nowMs() + random.pick(DELAYS_MS);
    const seconds = Math.floor(atMs / 1000) + random.below(2);
    const isExact = random.chance(50);
    headers.set(
      'x-deliver-at',
      isExact ? { type: 'l', value: BigInt(atMs) } : { type: 'T', value: BigInt(seconds) },
    );
  }

  #mayExpire(queue: string): boolean {
    // What expires in a loop is dropped: nothing would be owed there.
    if (queue === 'limit-loop' || !this.#families.queues.includes(queue)) return false;
    return /^(?:limit|death)-/.test(queue);
  }

  /** Clients do not know what became of their latest messages. */
  crashed(): void {
    for (const [target, keys] of this.#latest) this.#retries.set(target, keys);
    this.#latest.clear();
  }

  /** Begins with an id that no other message has. */
  body(connection: number): Buffer {
    const random = this.#random;
    const id = `c${connection}m${++this.count}|`;
    const dice = random.below(100);
    const fillerBytes =
      dice < 70 ? random.below(60) : dice < 98 ? random.below(3000) : random.below(200_000);
    return Buffer.concat([Buffer.from(id), Buffer.alloc(fillerBytes, random.below(256))]);
  }
}
