import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type DeliveryOwner,
  UnackedDeliveries,
} from '../../../src/broker/connection/unacked-deliveries.ts';

const owners: DeliveryOwner[] = [0, 1, 2].map(() => ({
  consumerTimeoutMs: 1_000,
  settle() {},
  reject() {},
  requeue() {},
}));

interface Entry {
  readonly owner: DeliveryOwner;
  readonly position: number;
}

/** A Map in order of tag. */
class Model {
  entries = new Map<number, Entry>();
  taken: { tag: number; entry: Entry }[] = [];
  nextTag: number;

  constructor(firstTag: number) {
    this.nextTag = firstTag;
  }

  tagAt(choice: number): number {
    const tags = [...this.entries.keys()];
    return tags[choice % tags.length] ?? this.nextTag;
  }

  restore(): void {
    for (const { tag, entry } of this.taken) this.entries.set(tag, entry);
    this.entries = new Map([...this.entries].sort(([a], [b]) => a - b));
    this.taken = [];
  }
}

type Step =
  | { readonly do: 'add'; count: number; gap: number }
  | { readonly do: 'one' | 'first' | 'unknown'; choice: number; count: number }
  | { readonly do: 'restore' | 'all' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('add' as const),
    count: fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: 1, max: 50 }) },
      { weight: 1, arbitrary: fc.constant(4200) },
    ),
    gap: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    do: fc.constantFrom('one' as const, 'one' as const, 'first' as const, 'unknown' as const),
    choice: fc.nat(),
    count: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ do: fc.constantFrom('restore' as const, 'all' as const) }),
);

/** Cheaper than expect, which is called too often here. */
function same(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${String(actual)} instead of ${String(expected)}`);
}

function carryOut(unacked: UnackedDeliveries, model: Model, each: Step): void {
  switch (each.do) {
    case 'add':
      for (let i = 0; i < each.count; i++) {
        const tag = model.nextTag;
        const entry = { owner: owners[tag % 3] as DeliveryOwner, position: tag * 7 };
        unacked.add(tag, entry.owner, entry.position);
        model.entries.set(tag, entry);
        model.nextTag += each.gap;
      }
      return;
    case 'one':
      for (let i = 0; i < each.count && model.entries.size > 0; i++) {
        const tag = model.tagAt(each.choice + i * 13);
        same(unacked.has(tag), true);
        same(unacked.takeOne(tag), true);
        expectTaken(unacked, model, tag);
        same(unacked.has(tag), false);
        same(unacked.takeOne(tag), false);
      }
      return;
    case 'first': {
      const last = model.tagAt(each.choice);
      const expected = [...model.entries.keys()].filter((tag) => tag <= last);
      for (const tag of expected) {
        same(unacked.takeFirst(last), true);
        expectTaken(unacked, model, tag);
      }
      same(unacked.takeFirst(last), false);
      return;
    }
    case 'unknown':
      for (const tag of [0, model.nextTag, model.taken.at(-1)?.tag ?? -1]) {
        same(unacked.has(tag), false);
        same(unacked.takeOne(tag), false);
      }
      return;
    case 'all':
      for (const tag of [...model.entries.keys()]) {
        same(unacked.takeFirst(Number.POSITIVE_INFINITY), true);
        expectTaken(unacked, model, tag);
      }
      model.taken = [];
      return;
    case 'restore':
      unacked.restore(
        model.taken.map(({ tag }) => tag),
        model.taken.map(({ entry }) => entry.owner),
        model.taken.map(({ entry }) => entry.position),
      );
      return model.restore();
  }
}

function expectTaken(unacked: UnackedDeliveries, model: Model, tag: number): void {
  const entry = model.entries.get(tag) as Entry;
  same(unacked.takenTag, tag);
  same(unacked.takenOwner, entry.owner);
  same(unacked.takenPosition, entry.position);
  model.entries.delete(tag);
  model.taken.push({ tag, entry });
}

function expectVisited(unacked: UnackedDeliveries, model: Model): void {
  const tags = [...model.entries.keys()];
  if (tags.length > 0) same(unacked.oldestTag, tags[0]);
  const last = tags[tags.length >>> 1] ?? 0;
  const expected = tags.filter((tag) => tag <= last);
  let index = 0;
  unacked.forEachUpTo(last, (tag, owner) => {
    same(tag, expected[index++]);
    same(owner, model.entries.get(tag)?.owner);
  });
  same(index, expected.length);
}

test('any order of deliveries, acknowledgements and rollbacks is that of a map', () => {
  const property = fc.property(
    fc.array(step, { maxLength: 40, size: 'max' }),
    fc.constantFrom(1, 2 ** 32 - 20, 2 ** 40),
    (steps, firstTag) => {
      const unacked = new UnackedDeliveries();
      const model = new Model(firstTag);
      for (const each of steps) {
        carryOut(unacked, model, each);
        expect(unacked.count).toBe(model.entries.size);
        expectVisited(unacked, model);
      }
      carryOut(unacked, model, { do: 'all' });
      expect(unacked.count).toBe(0);
    },
  );
  fc.assert(property, { numRuns: 100 });
});

test('tells of the next delivery once, when it is there', () => {
  const unacked = new UnackedDeliveries();
  const counts: number[] = [];
  unacked.onNextAdd = () => counts.push(unacked.count);
  for (const tag of [1, 2, 3]) unacked.add(tag, owners[0] as DeliveryOwner, tag);
  expect(counts).toEqual([1]);
  unacked.onNextAdd = () => counts.push(unacked.count);
  unacked.add(4, owners[0] as DeliveryOwner, 4);
  expect(counts).toEqual([1, 4]);
});
