import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import {
  type ActiveConsumers,
  activeConsumersOf,
  ConsumerDispatch,
} from '../../../src/broker/queue/consumer-dispatch.ts';
import type { QueueConsumer } from '../../../src/broker/queue/queue-consumer.ts';
import { QueueLane } from '../../../src/broker/queue/queue-lane.ts';
import type { QueueLimits } from '../../../src/broker/queue/queue-limits.ts';
import type { QueueMessages } from '../../../src/broker/queue/queue-messages.ts';
import { settingsOf } from '../../../src/broker/queue/queue-settings.ts';
import { QUEUE_TYPES, type QueueType } from '../../../src/broker/queue/queue-types.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { incoming } from '../../support/core/messages.ts';

class Taker implements QueueConsumer {
  readonly isExclusive = false;
  readonly isNoAck = true;
  readonly consumerTag: string;
  readonly priority: bigint;
  readonly positions: number[] = [];
  credit: number;
  unackedCount = 0;
  readonly #log: string[];

  constructor(consumerTag: string, credit: number, log: string[], priority: number | bigint = 0) {
    this.consumerTag = consumerTag;
    this.credit = credit;
    this.priority = BigInt(priority);
    this.#log = log;
  }

  canTake(): boolean {
    return this.credit > 0;
  }

  deliver(_slab: Buffer, _offset: number, position: number): void {
    this.credit--;
    this.positions.push(position);
    this.#log.push(this.consumerTag);
  }

  queueRemoved(): void {}
}

interface World {
  readonly messages: QueueMessages;
  readonly dispatch: ConsumerDispatch;
  run(): boolean;
}

/** A dispatch and a lane that holds `count` messages; nothing of it expires. */
function filled(count: number, activeConsumers: ActiveConsumers = 'all'): World {
  const environment = { memory: new MessageMemory(1 << 30), journal: new MemoryJournal() };
  const lane = new QueueLane({ level: 0, storageId: 1, isDurable: false }, environment, undefined);
  const { messages } = lane;
  for (let i = 0; i < count; i++) messages.enqueue(incoming({ body: Buffer.alloc(1) }));
  const dispatch = new ConsumerDispatch(activeConsumers);
  return { messages, dispatch, run: () => dispatch.run(lane, undefined as unknown as QueueLimits) };
}

/** Who gets the next messages when each of `takers` may take one more. */
function nextRun({ run }: World, log: string[], takers: readonly Taker[]): string {
  for (const taker of takers) taker.credit = 1;
  log.length = 0;
  run();
  return log.join('');
}

test('strict round robin among those that can take, in order of position', () => {
  const { messages, dispatch, run } = filled(9);
  const log: string[] = [];
  for (const [tag, credit] of [
    ['a', 2],
    ['b', 9],
    ['c', 1],
  ] as const) {
    dispatch.add(new Taker(tag, credit, log));
  }
  run();
  expect(log.join('')).toBe('abcabbbbb');
  expect(messages.readyCount).toBe(0);
});

test('consumers come and go: nothing is delivered twice, and none is passed over', () => {
  const property = fc.property(
    fc.array(fc.constantFrom('add', 'remove', 'run'), { maxLength: 40 }),
    fc.constantFrom(1, 3),
    (steps, priorities) => {
      const { messages, dispatch, run } = filled(500);
      const log: string[] = [];
      const takers: Taker[] = [];
      let last = -1;
      for (const [index, step] of steps.entries()) {
        if (step === 'add') {
          takers.push(new Taker(`${index}`, 0, log, index % priorities));
          dispatch.add(takers.at(-1) as Taker);
        } else if (step === 'remove') {
          const [removed] = takers.splice(index % Math.max(1, takers.length), 1);
          if (removed !== undefined) expect(dispatch.remove(removed)).toBe(true);
        } else {
          for (const taker of takers) taker.credit = 1;
          log.length = 0;
          run();
          expect([...log].sort()).toEqual(takers.map(({ consumerTag }) => consumerTag).sort());
          const order = log.map((tag) => Number(tag) % priorities);
          expect(order).toEqual([...order].sort((a, b) => b - a));
          for (const taker of takers) {
            expect(taker.positions.at(-1)).toBeGreaterThan(last);
          }
          last = Math.max(last, ...takers.map(({ positions }) => positions.at(-1) as number));
          expect(messages.readyCount).toBe(499 - last);
        }
      }
      expect(dispatch.remove(new Taker('stranger', 0, log))).toBe(false);
    },
  );
  fc.assert(property, { numRuns: 100 });
});

describe('priorities', () => {
  test('the highest first, round robin among equals, lower ones when all above are full', () => {
    const world = filled(9);
    const { dispatch, run } = world;
    const log: string[] = [];
    for (const [tag, credit, priority] of [
      ['a', 9, -1],
      ['b', 2, 5],
      ['c', 1, 0],
      ['d', 3, 5],
    ] as const) {
      dispatch.add(new Taker(tag, credit, log, priority));
    }
    run();
    expect(log.join('')).toBe('bdbddcaaa');
  });

  test('who can take again goes before lower ones again', () => {
    const world = filled(9);
    const { dispatch, run } = world;
    const log: string[] = [];
    const high = new Taker('h', 1, log, 1);
    const low = new Taker('l', 2, log);
    dispatch.add(low);
    dispatch.add(high);
    run();
    expect(log.join('')).toBe('hll');
    expect(nextRun(world, log, [low, high])).toBe('hl');
    dispatch.remove(high);
    expect(nextRun(world, log, [low])).toBe('l');
  });

  test('differ in the last of 64 bits', () => {
    const { dispatch, run } = filled(3);
    const log: string[] = [];
    dispatch.add(new Taker('a', 1, log, 2n ** 63n - 2n));
    dispatch.add(new Taker('b', 1, log, 2n ** 63n - 1n));
    dispatch.add(new Taker('c', 1, log, -(2n ** 63n)));
    run();
    expect(log.join('')).toBe('bac');
  });
});

describe('single active consumer', () => {
  test.each<[string, boolean, ActiveConsumers]>([
    ['classic', false, 'all'],
    ['classic', true, 'single'],
    ['quorum', false, 'all'],
    ['quorum', true, 'single-of-highest-priority'],
  ])('of a %s queue with x-single-active-consumer=%s: %s', (name, isOn, expected) => {
    const settings = settingsOf(tableOf({ 'x-single-active-consumer': isOn }));
    expect(activeConsumersOf(settings, QUEUE_TYPES.get(name) as QueueType)).toBe(expected);
  });

  /** Consumers by tag and priority, added in this order. */
  function world(
    activeConsumers: ActiveConsumers,
    ...priorities: readonly (readonly [string, number])[]
  ) {
    const whole = filled(100, activeConsumers);
    const { dispatch } = whole;
    const log: string[] = [];
    const takers = new Map<string, Taker>();
    const add = (tag: string, priority: number) => {
      const taker = new Taker(tag, 0, log, priority);
      takers.set(tag, taker);
      dispatch.add(taker);
      return taker;
    };
    for (const [tag, priority] of priorities) add(tag, priority);
    return {
      dispatch,
      add,
      remove: (tag: string) => dispatch.remove(takers.get(tag) as Taker),
      next: () => nextRun(whole, log, [...takers.values()]),
    };
  }

  test.each(['single', 'single-of-highest-priority'] as const)(
    '%s: the first gets all, and the oldest follows when it leaves',
    (activeConsumers) => {
      const { dispatch, next, remove } = world(activeConsumers, ['a', 0], ['b', 0], ['c', 0]);
      expect(dispatch.consumers.length).toBe(3);
      expect(next()).toBe('a');
      expect(next()).toBe('a');
      remove('b');
      expect(next()).toBe('a');
      remove('a');
      expect(next()).toBe('c');
      remove('c');
      expect(next()).toBe('');
      expect(dispatch.consumers.length).toBe(0);
    },
  );

  test.each(['single', 'single-of-highest-priority'] as const)(
    '%s: when the active one leaves, priority goes before age',
    (activeConsumers) => {
      const { next, remove } = world(activeConsumers, ['a', 9], ['b', 0], ['c', 1], ['d', 1]);
      remove('a');
      expect(next()).toBe('c');
      remove('c');
      expect(next()).toBe('d');
      remove('d');
      expect(next()).toBe('b');
    },
  );

  test('single: nobody takes over from one that stays', () => {
    const { next, add } = world('single', ['a', 0]);
    add('b', 5);
    expect(next()).toBe('a');
  });

  test('single-of-highest-priority: a newcomer takes over at once when nothing is unacked', () => {
    const { next, add, remove } = world('single-of-highest-priority', ['a', 0]);
    expect(next()).toBe('a');
    add('b', 0);
    expect(next()).toBe('a');
    add('c', 1);
    expect(next()).toBe('c');
    remove('c');
    expect(next()).toBe('a');
  });

  test('single-of-highest-priority: it waits for what is unacked, and nobody gets more', () => {
    const { next, add, remove } = world('single-of-highest-priority');
    const active = add('a', 0);
    active.unackedCount = 2;
    add('b', 1);
    expect(next()).toBe('');
    active.unackedCount = 1;
    expect(next()).toBe('');
    add('c', 2);
    active.unackedCount = 0;
    expect(next()).toBe('c');
    expect(remove('a')).toBe(true);
    expect(next()).toBe('c');
  });

  test('single-of-highest-priority: the newcomer leaves again, the active one goes on', () => {
    const { next, add, remove } = world('single-of-highest-priority');
    add('a', 0).unackedCount = 1;
    add('b', 1);
    expect(next()).toBe('');
    remove('b');
    expect(next()).toBe('a');
  });
});

test('a queue that is gone delivers to nobody', () => {
  for (const activeConsumers of ['all', 'single'] as const) {
    const world = filled(3, activeConsumers);
    const { dispatch } = world;
    const log: string[] = [];
    const taker = new Taker('a', 1, log);
    dispatch.add(taker);
    dispatch.clear();
    expect(nextRun(world, log, [taker])).toBe('');
    expect(dispatch.remove(taker)).toBe(false);
  }
});
