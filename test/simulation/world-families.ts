// What a seed's world has beside its plain queues: a few families of queues (and exchanges) with rules, so
// that each of them is used much rather than all of them a little.

import { EXCHANGE_RULES } from './exchange-rules.ts';
import { QUEUE_RULES, SAFE_QUEUE } from './queue-rules.ts';
import type { SeededRandom } from './seeded-random.ts';

export const FAMILIES = ['limit', 'group', 'delay', 'dedup', 'death', 'retry', 'active'] as const;
export type Family = (typeof FAMILIES)[number];

/** Their rules need several moves on one queue: they come more often. */
const SELDOM_SEEN = [
  ...['limit-loop', 'limit-loop', 'limit-unused', 'limit-unused'],
  ...['limit-returns', 'limit-returns', 'limit-returns', 'limit-returns'],
];

export class WorldFamilies {
  readonly names: readonly Family[];
  /** Declared at every start. Sources of dead letters come before those where they end. */
  readonly queues: readonly string[];
  /** The same, by how often they are used. */
  readonly queueChoices: readonly string[];
  readonly exchanges: readonly string[];
  /** Those that are used most. */
  readonly focus: readonly string[];

  /** `choose` picks queues that are used as much as all others together. */
  constructor(names: readonly Family[], choose: (queues: readonly string[]) => string[]) {
    this.names = names;
    this.exchanges = Object.keys(EXCHANGE_RULES).filter((name) => this.has(familyOf(name)));
    const queues = Object.keys(QUEUE_RULES).filter((name) => this.has(familyOf(name)));
    const last = queues.filter((name) => name === 'limit-ttl');
    this.queues = [...queues.filter((name) => name !== 'limit-ttl'), ...last, SAFE_QUEUE];
    const seldom = SELDOM_SEEN.filter((name) => this.has(familyOf(name)));
    const all = [...this.queues, ...seldom];
    this.focus = choose(queues);
    if (this.has('active')) this.focus = ['active-none', ...this.focus];
    const times = Math.ceil(all.length / this.focus.length);
    this.queueChoices = [...all, ...Array.from({ length: times }, () => this.focus).flat()];
  }

  has(name: Family): boolean {
    return this.names.includes(name);
  }
}

/** The first word of the name. */
function familyOf(name: string): Family {
  return name.slice(0, name.indexOf('-')) as Family;
}

/** Two of them, or all; unless the names are given. */
export function chooseFamilies(
  random: SeededRandom,
  given: readonly Family[] | undefined,
): WorldFamilies {
  const left = [...FAMILIES];
  const choose = (queues: readonly string[]) => [random.pick(queues), random.pick(queues)];
  if (given !== undefined) return new WorldFamilies(given, choose);
  if (random.chance(10)) return new WorldFamilies(left, choose);
  const names = [0, 1].flatMap(() => left.splice(random.below(left.length), 1));
  return new WorldFamilies(names, choose);
}
