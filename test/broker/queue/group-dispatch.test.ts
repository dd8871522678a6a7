import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { GroupWorld } from './group-world.ts';

type Step =
  | { readonly do: 'enqueue'; key: string | undefined; count: number; isPersistent: boolean }
  | { readonly do: 'add'; prefetchCount: number }
  | { readonly do: 'cancel' | 'crash' | 'congest'; choice: number }
  | { readonly do: 'ack' | 'reject' | 'requeue'; choice: number; count: number }
  | { readonly do: 'get'; isNoAck: boolean; count: number }
  | { readonly do: 'pass'; ms: number }
  | { readonly do: 'turn' | 'settleDown' | 'purge' | 'restart' };

const choice = fc.nat({ max: 1000 });
const count = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 }));
const just = <T extends string>(...names: T[]) => fc.constantFrom(...names);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: just('enqueue'),
      key: fc.constantFrom('a', 'b', 'c', 'd', undefined),
      count,
      isPersistent: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: just('add'), prefetchCount: fc.constantFrom(0, 1, 2, 3, 10, 50) }),
  },
  { weight: 2, arbitrary: fc.record({ do: just('cancel', 'crash', 'congest'), choice }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: just('ack', 'ack', 'reject', 'requeue'), choice, count }),
  },
  { weight: 3, arbitrary: fc.record({ do: just('get'), isNoAck: fc.boolean(), count }) },
  { weight: 8, arbitrary: fc.record({ do: just('turn', 'turn', 'settleDown') }) },
  { weight: 3, arbitrary: fc.record({ do: just('pass'), ms: fc.constantFrom(10, 30, 50) }) },
  { weight: 1, arbitrary: fc.record({ do: just('purge', 'restart') }) },
);

async function carryOut(world: GroupWorld, each: Step): Promise<void> {
  const times = (action: () => unknown) => {
    for (let i = 0; i < ('count' in each ? each.count : 1); i++) action();
  };
  switch (each.do) {
    case 'enqueue':
      return times(() => world.enqueue(each.key, each.isPersistent));
    case 'add':
      return world.addConsumer(each.prefetchCount);
    case 'cancel':
    case 'crash':
      return world.removeConsumer(each.choice, each.do === 'crash');
    case 'congest': {
      const consumer = world.consumers[each.choice % Math.max(1, world.consumers.length)];
      if (consumer === undefined) return;
      consumer.isCongested = !consumer.isCongested;
      return world.queue.dispatchLater();
    }
    case 'ack':
    case 'reject':
      return times(() => world.settle(each.choice, each.do === 'reject'));
    case 'requeue':
      return times(() => world.requeueAny(each.choice));
    case 'get':
      return times(() => world.get(each.isNoAck));
    case 'purge':
      return world.purge();
    case 'pass':
      return world.pass(each.ms);
    case 'turn':
      return world.endTurn();
    case 'settleDown':
      return world.settleDown();
    case 'restart':
      return world.restart();
  }
}

test('whatever happens, each group has its order and one holder, and nothing is lost or stuck', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 100, size: 'max' }),
      fc.constantFrom(0, 6000, 1 << 30),
      fc.constantFrom(0, 0, 20),
      fc.constantFrom(0, 50),
      async (steps, budgetBytes, maxLength, retryMs) => {
        const world = new GroupWorld(new MemoryJournal(), budgetBytes, maxLength, retryMs);
        for (const each of steps) {
          await carryOut(world, each);
          world.check();
        }
        await world.drain();
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

test('a restart keeps the order of each group, and no delivered message loses its flag', async () => {
  const world = new GroupWorld(new MemoryJournal(), 6000, 0);
  for (let i = 0; i < 200; i++) world.enqueue('a', true);
  for (let i = 0; i < 200; i++) world.enqueue(i % 2 === 0 ? 'b' : undefined, true);
  world.addConsumer(1);
  world.addConsumer(150);
  await world.settleDown();
  const delivered = world.messages.filter(({ isDelivered }) => isDelivered);
  expect(delivered.length).toBe(151);
  for (let i = 0; i < 20; i++) world.requeueAny(3 * i);
  await world.restart();
  expect(world.messages.length).toBe(400);
  world.addConsumer(400);
  await world.settleDown();
  expect(world.messages.every(({ owner }) => owner !== undefined)).toBe(true);
  await world.drain();
});
