// What every journal must do with the records it keeps per owner beside chunks: delivery counts, delayed
// messages, deduplication windows. Part of the journal's contract.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DelayedPlace, DelayedRead, Journal } from '../../src/broker/journal.ts';
import type { Store } from '../../src/storage/store.ts';
import type { StoreUnderTest } from './journal-contract.ts';
import {
  bodyOf,
  commit,
  makeRecord,
  putMessages,
  queueState,
  readChunks,
} from './stored-messages.ts';

const START: DelayedPlace = { dueMs: 0, sequence: 0 };
const END_MS = 2 ** 48 - 1;

function readDelayed(
  journal: Journal,
  storageId: number,
  toMs = END_MS,
  from = START,
  maxBytes = Number.MAX_SAFE_INTEGER,
): Promise<DelayedRead> {
  return new Promise((resolve) => journal.readDelayed(storageId, from, toMs, maxBytes, resolve));
}

function putDelayed(journal: Journal, storageId: number, dueMs: number, sequence: number): void {
  journal.putDelayed(storageId, { dueMs, sequence }, makeRecord(`${dueMs}.${sequence}`));
}

/** `due.sequence` of each record, which is its body too. */
function namesOf({ records }: DelayedRead): string[] {
  return records.map(({ dueMs, sequence, record }) => {
    expect(bodyOf(record as Buffer)).toBe(`${dueMs}.${sequence}`);
    return `${dueMs}.${sequence}`;
  });
}

export function describeOwnerRecords(name: string, create: () => StoreUnderTest): void {
  describe(`journal contract, records of owners: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    let journal: Journal;

    async function reopenIfKept(): Promise<void> {
      if (!subject.isKept) return;
      await store.close();
      store = await subject.open();
      journal = store.journal;
    }

    beforeEach(async () => {
      subject = create();
      store = await subject.open();
      journal = store.journal;
    });

    afterEach(async () => {
      await store.close();
      await subject.dispose();
    });

    it('gives delayed records back in order of due time, then of sequence', async () => {
      putDelayed(journal, 7, 2000, 1);
      putDelayed(journal, 7, 70_000, 2);
      putDelayed(journal, 7, 300, 4);
      putDelayed(journal, 7, 300, 3);
      putDelayed(journal, 8, 1, 1);
      expect(namesOf(await readDelayed(journal, 7))).toEqual([]);
      await commit(journal);
      await reopenIfKept();
      const read = await readDelayed(journal, 7);
      expect(namesOf(read)).toEqual(['300.3', '300.4', '2000.1', '70000.2']);
      expect(read.next).toBeUndefined();
      expect(await readDelayed(journal, 9)).toEqual({ records: [], next: undefined });
    });

    it('reads what is due, and names the next one', async () => {
      for (const [dueMs, sequence] of [
        [10, 1],
        [20, 2],
        [20, 3],
        [30, 4],
      ] as const) {
        putDelayed(journal, 1, dueMs, sequence);
      }
      await commit(journal);
      const early = await readDelayed(journal, 1, 9);
      expect(early).toEqual({ records: [], next: { dueMs: 10, sequence: 1 } });
      const due = await readDelayed(journal, 1, 20);
      expect(namesOf(due)).toEqual(['10.1', '20.2', '20.3']);
      expect(due.next).toEqual({ dueMs: 30, sequence: 4 });
      const later = await readDelayed(journal, 1, END_MS, { dueMs: 20, sequence: 3 });
      expect(namesOf(later)).toEqual(['20.3', '30.4']);
      const none = await readDelayed(journal, 1, END_MS, { dueMs: 30, sequence: 5 });
      expect(none).toEqual({ records: [], next: undefined });
    });

    it('reads at least one delayed record and stops before the byte limit is passed', async () => {
      for (let i = 0; i < 10; i++) putDelayed(journal, 1, 100, i);
      await commit(journal);
      const bytes = makeRecord('100.1').length;
      const one = await readDelayed(journal, 1, 100, START, 1);
      expect(namesOf(one)).toEqual(['100.0']);
      expect(one.next).toEqual({ dueMs: 100, sequence: 1 });
      const three = await readDelayed(journal, 1, 100, START, 3 * bytes + 1);
      expect(three.records).toHaveLength(3);
      expect(three.next).toEqual({ dueMs: 100, sequence: 3 });
    });

    it('reads long runs of delayed records completely', async () => {
      for (let i = 0; i < 2000; i++) putDelayed(journal, 1, 5, i);
      putDelayed(journal, 1, 6, 1);
      await commit(journal);
      const read = await readDelayed(journal, 1, 5);
      expect(read.records.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 2000 }, (_, i) => i),
      );
      expect(read.next).toEqual({ dueMs: 6, sequence: 1 });
    });

    it('never calls back inside of a call, and hands out bytes that belong to the receiver', async () => {
      putDelayed(journal, 1, 5, 1);
      await commit(journal);
      let isInside = true;
      const read = await new Promise<DelayedRead>((resolve) => {
        journal.readDelayed(1, START, 5, 1, (given) => {
          expect(isInside).toBe(false);
          resolve(given);
        });
        isInside = false;
      });
      read.records[0]?.record?.fill(0);
      expect(namesOf(await readDelayed(journal, 1))).toEqual(['5.1']);
    });

    it('deletes delayed records, ignores unknown ones, and can be told everything twice', async () => {
      for (let round = 0; round < 2; round++) {
        for (let i = 0; i < 5; i++) putDelayed(journal, 1, 100 + i, i);
        journal.putDelayedState(1, { nextSequence: 5, messageCount: 3 });
        journal.deleteDelayed(1, { dueMs: 101, sequence: 1 });
        journal.deleteDelayed(1, { dueMs: 104, sequence: 4 });
        journal.deleteDelayed(1, { dueMs: 100, sequence: 1 });
        journal.deleteDelayed(9, { dueMs: 100, sequence: 1 });
        await commit(journal);
      }
      await reopenIfKept();
      expect(namesOf(await readDelayed(journal, 1))).toEqual(['100.0', '102.2', '103.3']);
      expect(journal.loadDelayedStates()).toEqual(
        new Map([[1, { nextSequence: 5, messageCount: 3 }]]),
      );
    });

    it('moves a record from the delayed ones to a chunk in one commit', async () => {
      putDelayed(journal, 1, 100, 1);
      await commit(journal);
      journal.deleteDelayed(1, { dueMs: 100, sequence: 1 });
      putMessages(journal, 2, 0, ['released']);
      expect(namesOf(await readDelayed(journal, 1))).toEqual(['100.1']);
      expect(await readChunks(journal, 2)).toEqual([]);
      await commit(journal);
      await reopenIfKept();
      expect(namesOf(await readDelayed(journal, 1))).toEqual([]);
      expect(await readChunks(journal, 2)).toHaveLength(1);
    });

    it('agrees with a sorted list, whatever the order of puts and deletes', async () => {
      const place = fc.record({ dueMs: fc.nat(20), sequence: fc.nat(20) });
      const step = fc.oneof(
        fc.record({ do: fc.constant('put' as const), place }),
        fc.record({ do: fc.constant('put' as const), place }),
        fc.record({ do: fc.constant('delete' as const), place }),
        fc.record({ do: fc.constant('commit' as const), place }),
      );
      let storageId = 100;
      const order = (one: DelayedPlace, other: DelayedPlace) =>
        one.dueMs - other.dueMs || one.sequence - other.sequence;
      const steps = fc.array(step, { maxLength: 60, size: 'max' });
      const property = fc.asyncProperty(steps, place, fc.nat(25), async (all, from, toMs) => {
        storageId++;
        const model = new Map<string, DelayedPlace>();
        for (const each of all) {
          const { dueMs, sequence } = each.place;
          if (each.do === 'commit') await commit(journal);
          else if (each.do === 'put') {
            putDelayed(journal, storageId, dueMs, sequence);
            model.set(`${dueMs}.${sequence}`, each.place);
          } else {
            journal.deleteDelayed(storageId, each.place);
            model.delete(`${dueMs}.${sequence}`);
          }
        }
        await commit(journal);
        const left = [...model.values()].sort(order).filter((held) => order(held, from) >= 0);
        const read = await readDelayed(journal, storageId, toMs, from);
        const due = left.filter(({ dueMs }) => dueMs <= toMs);
        expect(namesOf(read)).toEqual(due.map((held) => `${held.dueMs}.${held.sequence}`));
        expect(read.next).toEqual(left[due.length]);
      });
      await fc.assert(property, { numRuns: 40 });
    });

    it('gives delivery counts back with the chunk, until they are removed', async () => {
      putMessages(journal, 1, 10, ['a', 'b', 'c']);
      putMessages(journal, 1, 20, ['d']);
      journal.putDeliveryCount(1, 11, 1);
      journal.putDeliveryCount(1, 12, 7);
      journal.putDeliveryCount(1, 20, 2);
      journal.putDeliveryCount(2, 10, 5);
      await commit(journal);
      journal.putDeliveryCount(1, 11, 300);
      journal.putDeliveryCount(1, 20, 0);
      journal.putDeliveryCount(1, 21, 0);
      await commit(journal);
      await reopenIfKept();
      const [first, second] = await readChunks(journal, 1);
      expect(first?.deliveryCounts).toEqual(
        new Map([
          [11, 300],
          [12, 7],
        ]),
      );
      expect(second?.deliveryCounts).toBeUndefined();
    });

    it('keeps delivery counts outside of a range that is deleted', async () => {
      putMessages(journal, 1, 10, ['a']);
      putMessages(journal, 1, 20, ['b']);
      journal.putDeliveryCount(1, 10, 1);
      journal.putDeliveryCount(1, 20, 1);
      await commit(journal);
      journal.deleteChunks(1, 0, 20);
      await commit(journal);
      await reopenIfKept();
      const chunks = await readChunks(journal, 1);
      expect(chunks.map(({ deliveryCounts }) => deliveryCounts)).toEqual([new Map([[20, 1]])]);
    });

    it('loads a deduplication window in order', async () => {
      const key = Buffer.from('first');
      journal.putDeduplicationEntry(1, { sequence: 1, key, expiresMs: 1234 });
      journal.putDeduplicationEntry(1, { sequence: 300, key: Buffer.from('c'), expiresMs: 5 });
      journal.putDeduplicationEntry(1, { sequence: 2, key: Buffer.alloc(0), expiresMs: 1 });
      journal.putDeduplicationEntry(2, { sequence: 9, key, expiresMs: Number.POSITIVE_INFINITY });
      await commit(journal);
      journal.deleteDeduplicationEntry(1, 2);
      journal.deleteDeduplicationEntry(1, 99);
      journal.deleteDeduplicationEntry(7, 1);
      await commit(journal);
      await reopenIfKept();
      expect(journal.loadDeduplicationEntries(1)).toEqual([
        { sequence: 1, key, expiresMs: 1234 },
        { sequence: 300, key: Buffer.from('c'), expiresMs: 5 },
      ]);
      expect(journal.loadDeduplicationEntries(2)).toEqual([
        { sequence: 9, key, expiresMs: Number.POSITIVE_INFINITY },
      ]);
      expect(journal.loadDeduplicationEntries(3)).toEqual([]);
    });

    /** Something of every kind under one id. */
    function fill(storageId: number, count: number): void {
      for (let i = 0; i < count; i++) {
        putDelayed(journal, storageId, 100 + i, i);
        journal.putDeliveryCount(storageId, i, 1);
        const key = Buffer.from(String(i));
        journal.putDeduplicationEntry(storageId, { sequence: i, key, expiresMs: i });
      }
      putMessages(journal, storageId, 0, ['a']);
      journal.putDelayedState(storageId, { nextSequence: count, messageCount: count });
    }

    async function expectNothing(storageId: number): Promise<void> {
      expect(await readDelayed(journal, storageId)).toEqual({ records: [], next: undefined });
      expect(await readChunks(journal, storageId)).toEqual([]);
      expect(journal.loadDeduplicationEntries(storageId)).toEqual([]);
      expect(journal.loadDelayedStates().has(storageId)).toBe(false);
    }

    it('drops all that belongs to an owner, whatever its number, and nothing else', async () => {
      fill(5, 3000);
      fill(4, 1);
      fill(6, 1);
      await commit(journal);
      journal.dropQueue(5);
      await commit(journal);
      await expectNothing(5);
      await reopenIfKept();
      await expectNothing(5);
      // A purge takes messages, and nothing that is delayed or was seen.
      journal.deleteChunks(4, 0, 1000);
      await commit(journal);
      await commit(journal);
      for (const storageId of [4, 6]) {
        expect(namesOf(await readDelayed(journal, storageId))).toEqual(['100.0']);
        expect(journal.loadDeduplicationEntries(storageId)).toHaveLength(1);
        expect(journal.loadDelayedStates().get(storageId)?.messageCount).toBe(1);
      }
      expect(await readChunks(journal, 4)).toEqual([]);
      expect((await readChunks(journal, 6))[0]?.deliveryCounts).toEqual(new Map([[0, 1]]));
    });

    it('removes what belongs to ids that are not retained', async () => {
      fill(1, 1);
      fill(2, 1);
      // Without a queue's state, and without its own, as a crash in the middle of a drop leaves it.
      putDelayed(journal, 3, 1, 1);
      journal.putDeduplicationEntry(4, { sequence: 1, key: Buffer.from('k'), expiresMs: 1 });
      journal.putQueueState(2, queueState(1));
      await commit(journal);
      await reopenIfKept();
      journal.retainQueues(new Set([2]));
      // A commit of the engine's own may come first; the batch after it sees the result.
      await commit(journal);
      await commit(journal);
      await reopenIfKept();
      for (const storageId of [1, 3, 4]) await expectNothing(storageId);
      expect(namesOf(await readDelayed(journal, 2))).toEqual(['100.0']);
      expect(journal.loadDeduplicationEntries(2)).toHaveLength(1);
    });
  });
}
