// The proof that the rig goes red on a broker that breaks a rule: each mutant is the real broker with one
// method that does something else.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { Deadlines } from '../../src/broker/deadlines.ts';
import { DeduplicationWindow } from '../../src/broker/deduplication/deduplication-window.ts';
import { DueClock } from '../../src/broker/delay/due-clock.ts';
import { RECORD_DEAD_LETTERED } from '../../src/broker/message/record.ts';
import { Departures } from '../../src/broker/queue/departures.ts';
import { GroupKeyReader } from '../../src/broker/queue/group-key.ts';
import { MaxLength } from '../../src/broker/queue/max-length.ts';
import { MessageGroups } from '../../src/broker/queue/message-groups.ts';
import { Queue } from '../../src/broker/queue/queue.ts';
import { QUEUE_TYPES, type QueueType } from '../../src/broker/queue/queue-types.ts';
import { requeueAt } from '../../src/broker/queue/returned-positions.ts';
import { WaitingMessages } from '../../src/broker/queue/waiting-messages.ts';
import { DeadLetters } from '../../src/broker/vhost/dead-letters.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedStore } from './simulated-store.ts';
import { Simulation } from './simulation.ts';
import type { Family } from './world-families.ts';

interface Mutant {
  readonly name: string;
  readonly families: readonly Family[];
  /** Classes of violations, one of which some seed must show. */
  readonly kinds: readonly string[];
  mutate(): void;
}

const SEEDS_MAX = 60;

const MUTANTS: readonly Mutant[] = [
  {
    name: 'gives a group to whoever asks',
    families: ['group'],
    kinds: ['group'],
    mutate: () => {
      vi.spyOn(MessageGroups.prototype, 'hold').mockImplementation(function (
        this: MessageGroups,
        group,
      ) {
        group.unackedCount++;
        this.leave(group);
      });
    },
  },
  {
    name: 'finds no group in a message',
    families: ['group'],
    kinds: ['group'],
    mutate: () => {
      vi.spyOn(GroupKeyReader.prototype, 'keyAt').mockReturnValue(undefined);
    },
  },
  {
    name: 'releases what it holds too early',
    families: ['delay'],
    kinds: ['delay'],
    mutate: () => {
      vi.spyOn(DueClock.prototype, 'dueIn').mockImplementation(function (this: DueClock, delayMs) {
        return Math.ceil(this.nowMs() + delayMs / 2);
      });
    },
  },
  {
    name: 'holds in memory only',
    families: ['delay'],
    kinds: ['lost', 'stuck'],
    mutate: () => {
      vi.spyOn(SimulatedDisk.prototype, 'delayedStates').mockReturnValue(new Map());
    },
  },
  {
    name: 'does not store that it released a message',
    families: ['delay'],
    kinds: ['duplicate'],
    mutate: () => {
      vi.spyOn(SimulatedDisk.prototype, 'deleteDelayed').mockReturnValue();
    },
  },
  {
    name: 'sets no timer for what it holds',
    families: ['delay'],
    kinds: ['stuck'],
    mutate: () => {
      vi.spyOn(Deadlines.prototype, 'setIn').mockReturnValue();
    },
  },
  {
    name: 'takes every duplicate',
    families: ['dedup'],
    kinds: ['duplicate'],
    mutate: () => {
      vi.spyOn(DeduplicationWindow.prototype, 'isDuplicate').mockReturnValue(false);
    },
  },
  {
    name: 'forgets all keys with a crash',
    families: ['dedup'],
    kinds: ['duplicate'],
    mutate: () => {
      vi.spyOn(SimulatedDisk.prototype, 'deduplicationEntries').mockReturnValue([]);
    },
  },
  {
    name: 'stores a key before its message',
    families: ['dedup'],
    kinds: ['lost'],
    mutate: () => {
      vi.spyOn(SimulatedStore.prototype, 'putDeduplicationEntry').mockImplementation(function (
        this: SimulatedStore,
        storageId,
        entry,
      ) {
        this.disk.putDeduplicationEntry(storageId, { ...entry });
      });
    },
  },
  {
    name: 'keeps keys for longer than it may',
    families: ['dedup'],
    kinds: ['lost', 'count'],
    mutate: () => {
      const { isDuplicate } = DeduplicationWindow.prototype;
      vi.spyOn(DeduplicationWindow.prototype, 'isDuplicate').mockImplementation(function (
        this: DeduplicationWindow,
        ...args
      ) {
        this.settings = { ...this.settings, ttlMs: undefined };
        return isDuplicate.apply(this, args);
      });
    },
  },
  {
    name: 'drops what died',
    families: ['death'],
    kinds: ['lost'],
    mutate: () => {
      vi.spyOn(DeadLetters.prototype, 'add').mockReturnValue();
    },
  },
  {
    name: 'gives a dead letter to one of its queues only',
    families: ['death'],
    kinds: ['lost'],
    mutate: () => {
      const { enqueue } = Queue.prototype;
      vi.spyOn(Queue.prototype, 'enqueue').mockImplementation(function (this: Queue, message) {
        const isLetter = message.extraFlags === RECORD_DEAD_LETTERED;
        return isLetter && this.name === 'death-1' ? 0 : enqueue.call(this, message);
      });
    },
  },
  {
    name: 'counts no octets',
    families: ['death'],
    kinds: ['count'],
    mutate: () => {
      vi.spyOn(MaxLength.prototype, 'countsBytes', 'get').mockReturnValue(false);
    },
  },
  {
    name: 'keeps a timer for what does not come any more',
    families: ['limit'],
    kinds: ['timer'],
    mutate: () => {
      vi.spyOn(Deadlines.prototype, 'cancel').mockReturnValue();
    },
  },
  {
    name: 'forgets with a crash how often a message was given back',
    families: ['retry'],
    kinds: ['returns'],
    mutate: () => {
      vi.spyOn(SimulatedDisk.prototype, 'putDeliveryCount').mockReturnValue();
    },
  },
  {
    name: 'gives back without end',
    families: ['retry'],
    kinds: ['returns'],
    mutate: () => {
      const { drop } = Departures.prototype;
      vi.spyOn(Departures.prototype, 'drop').mockImplementation(function (
        this: Departures,
        lane,
        position,
        reason,
      ) {
        if (reason === 'delivery_limit') requeueAt(lane.messages, position);
        else drop.call(this, lane, position, reason);
      });
    },
  },
  {
    name: 'makes messages wait for half their time',
    families: ['retry'],
    kinds: ['delay'],
    mutate: () => {
      const { add } = WaitingMessages.prototype;
      vi.spyOn(WaitingMessages.prototype, 'add').mockImplementation(function (
        this: WaitingMessages,
        position,
        delayMs,
      ) {
        add.call(this, position, delayMs / 2);
      });
    },
  },
  {
    name: 'keeps transient messages of quorum queues in memory',
    families: ['retry'],
    kinds: ['lost', 'confirm', 'count', 'order'],
    mutate: () => {
      vi.spyOn(QUEUE_TYPES.get('quorum') as QueueType, 'persistsEverything', 'get').mockReturnValue(
        false,
      );
    },
  },
  {
    name: 'makes the newcomer the single active consumer',
    families: ['active'],
    kinds: ['consumer'],
    mutate: () => {
      const { addConsumer } = Queue.prototype;
      vi.spyOn(Queue.prototype, 'addConsumer').mockImplementation(function (this: Queue, consumer) {
        addConsumer.call(this, consumer);
        const [first] = this.consumers;
        if (first === undefined || first === consumer) return;
        this.removeConsumer(first);
        addConsumer.call(this, first);
      });
    },
  },
  {
    name: 'treats all consumers as equals',
    families: ['active'],
    kinds: ['consumer'],
    mutate: () => {
      const { addConsumer } = Queue.prototype;
      vi.spyOn(Queue.prototype, 'addConsumer').mockImplementation(function (this: Queue, consumer) {
        addConsumer.call(this, Object.defineProperty(consumer, 'priority', { value: 0n }));
      });
    },
  },
];

function kindsSeen(mutant: Mutant): string[] {
  const { families, kinds } = mutant;
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const { violations } = new Simulation({ seed, steps: 400, families }).run();
    for (const violation of violations) seen.add(violation.slice(0, violation.indexOf(':')));
    if (kinds.some((kind) => seen.has(kind))) break;
  }
  return [...seen];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the simulation goes red on a broker that', () => {
  it.each(MUTANTS)('$name', (mutant) => {
    mutant.mutate();
    const seen = kindsSeen(mutant);
    expect(mutant.kinds.some((kind) => seen.includes(kind)) ? mutant.kinds : seen).toEqual(
      mutant.kinds,
    );
  });
});
