import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import { ConsumerDispatch } from '../../../src/broker/queue/consumer-dispatch.ts';
import type { QueueConsumer } from '../../../src/broker/queue/queue-consumer.ts';
import { QueueLane } from '../../../src/broker/queue/queue-lane.ts';
import type { QueueLimits } from '../../../src/broker/queue/queue-limits.ts';
import type { QueueMessages } from '../../../src/broker/queue/queue-messages.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { incoming } from '../../support/core/messages.ts';

class Taker implements QueueConsumer {
  readonly isExclusive = false;
  readonly isNoAck = true;
  readonly consumerTag: string;
  readonly positions: number[] = [];
  credit: number;
  readonly #log: string[];

  constructor(consumerTag: string, credit: number, log: string[]) {
    this.consumerTag = consumerTag;
    this.credit = credit;
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

/** A dispatch and a lane that holds `count` messages; nothing of it expires. */
function filled(count: number): {
  readonly messages: QueueMessages;
  readonly dispatch: ConsumerDispatch;
  run(): boolean;
} {
  const environment = { memory: new MessageMemory(1 << 30), journal: new MemoryJournal() };
  const lane = new QueueLane({ level: 0, storageId: 1, isDurable: false }, environment, undefined);
  const { messages } = lane;
  for (let i = 0; i < count; i++) messages.enqueue(incoming({ body: Buffer.alloc(1) }));
  const dispatch = new ConsumerDispatch();
  return { messages, dispatch, run: () => dispatch.run(lane, undefined as unknown as QueueLimits) };
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
    (steps) => {
      const { messages, dispatch, run } = filled(500);
      const log: string[] = [];
      const takers: Taker[] = [];
      let last = -1;
      for (const [index, step] of steps.entries()) {
        if (step === 'add') {
          takers.push(new Taker(`${index}`, 0, log));
          dispatch.add(takers.at(-1) as Taker);
        } else if (step === 'remove') {
          const [removed] = takers.splice(index % Math.max(1, takers.length), 1);
          if (removed !== undefined) expect(dispatch.remove(removed)).toBe(true);
        } else {
          for (const taker of takers) taker.credit = 1;
          log.length = 0;
          run();
          expect([...log].sort()).toEqual(takers.map(({ consumerTag }) => consumerTag).sort());
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
