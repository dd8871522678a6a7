// Random histories of two queues, as data that fast-check can shrink, and how they are carried out.

import fc from 'fast-check';
import type { QueueModel, QueueWorld } from './queue-world.ts';

export type Step =
  | { readonly do: 'enqueue'; queue: number; count: number; bytes: number; isPersistent: boolean }
  | { readonly do: 'credit'; queue: number; count: number; isNoAck: boolean }
  | { readonly do: 'get'; queue: number; count: number; isNoAck: boolean }
  | { readonly do: 'settle' | 'requeue'; queue: number; count: number; choice: number }
  | { readonly do: 'purge'; queue: number }
  | { readonly do: 'turn' | 'commit' | 'read' }
  | { readonly do: 'restart'; isWritten: boolean };

const queue = fc.nat({ max: 1 });
const count = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }));
const bodyBytes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 300 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1000, max: 9000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 65_000, max: 70_000 }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('enqueue' as const),
      queue,
      count,
      bytes: bodyBytes,
      isPersistent: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('credit' as const, 'get' as const),
      queue,
      count,
      isNoAck: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('settle' as const, 'settle' as const, 'requeue' as const),
      queue,
      count,
      choice: fc.nat({ max: 1000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('purge' as const), queue }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('commit' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), isWritten: fc.boolean() }),
  },
);

export const history: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 120, size: 'max' });

export async function carryOut(world: QueueWorld, steps: readonly Step[]): Promise<void> {
  for (const each of steps) {
    await carryOutOne(world, each);
    world.check();
  }
}

async function carryOutOne(world: QueueWorld, each: Step): Promise<void> {
  switch (each.do) {
    case 'turn':
      return world.endTurn();
    case 'commit':
      return world.finishCommit();
    case 'read':
      return world.journal.finishRead();
    case 'restart':
      return world.restart(each.isWritten);
    case 'enqueue':
      for (let i = 0; i < (each.bytes > 9000 ? 2 : each.count); i++) {
        world.enqueue(each.queue, each.bytes, each.isPersistent);
      }
      return;
    default:
      return onQueue(world.queues[each.queue] as QueueModel, each);
  }
}

function onQueue(model: QueueModel, each: Exclude<Step, { do: 'turn' | 'enqueue' | 'restart' }>) {
  switch (each.do) {
    case 'credit':
      (each.isNoAck ? model.noAckConsumer : model.consumer).credit += each.count;
      return model.queue.dispatchLater();
    case 'get':
      for (let i = 0; i < each.count && model.take(each.isNoAck); i++);
      return;
    case 'settle':
      for (let i = 0; i < each.count; i++) model.settle(each.choice + i);
      return;
    case 'requeue':
      for (let i = 0; i < each.count; i++) model.requeue(each.choice + i);
      return;
    case 'purge':
      return model.purge();
  }
}
