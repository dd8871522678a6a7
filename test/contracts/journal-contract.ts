// What every journal must do, whatever the engine. An engine that keeps its content over a close also
// gives `reopen`, and then the same must hold for what is read after it.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Journal } from '../../src/broker/journal.ts';
import type { Store } from '../../src/storage/store.ts';
import { describeOwnerRecords } from './owner-records-contract.ts';
import { commit, messagesOf, putMessages, queueState, readChunks } from './stored-messages.ts';

export interface StoreUnderTest {
  open(): Promise<Store>;
  /** True when what was durable is there after close() and open(). */
  readonly isKept: boolean;
  dispose(): Promise<void>;
}

export function describeJournal(name: string, create: () => StoreUnderTest): void {
  describeOwnerRecords(name, create);
  describe(`journal contract: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: Store;
    let journal: Journal;

    async function open(): Promise<void> {
      store = await subject.open();
      journal = store.journal;
    }

    /** Closes and opens where the engine keeps its content; else the same store is read on. */
    async function reopenIfKept(): Promise<void> {
      if (!subject.isKept) return;
      await store.close();
      await open();
    }

    beforeEach(async () => {
      subject = create();
      await open();
    });

    afterEach(async () => {
      await store.close();
      await subject.dispose();
    });

    it('gives back what was committed, in order of position', async () => {
      putMessages(journal, 7, 10, ['c', 'd']);
      putMessages(journal, 7, 2, ['a', 'b']);
      putMessages(journal, 8, 2, ['other']);
      await commit(journal);
      await reopenIfKept();
      const chunks = await readChunks(journal, 7);
      expect(chunks.map((chunk) => chunk.firstPosition)).toEqual([2, 10]);
      expect([...messagesOf(chunks)]).toEqual([
        [2, 'a'],
        [3, 'b'],
        [10, 'c'],
        [11, 'd'],
      ]);
    });

    it('shows nothing of a batch before it is durable, and all of it after', async () => {
      putMessages(journal, 1, 1, ['a']);
      putMessages(journal, 2, 1, ['b']);
      expect(journal.isBatchEmpty).toBe(false);
      expect(await readChunks(journal, 1)).toEqual([]);
      await commit(journal);
      expect(journal.isBatchEmpty).toBe(true);
      expect(messagesOf(await readChunks(journal, 1)).get(1)).toBe('a');
      expect(messagesOf(await readChunks(journal, 2)).get(1)).toBe('b');
    });

    it('never calls back inside of a call', async () => {
      let isInside = true;
      await new Promise<void>((resolve) => {
        journal.commit(() => {
          expect(isInside).toBe(false);
          resolve();
        });
        isInside = false;
      });
      isInside = true;
      await new Promise<void>((resolve) => {
        journal.readChunks(1, 0, 10, 10, () => {
          expect(isInside).toBe(false);
          resolve();
        });
        isInside = false;
      });
    });

    it('takes what arrives during a commit into the next batch', async () => {
      putMessages(journal, 1, 1, ['a']);
      const first = commit(journal);
      putMessages(journal, 1, 2, ['b']);
      expect(journal.isBatchEmpty).toBe(false);
      await first;
      expect([...messagesOf(await readChunks(journal, 1)).values()]).toEqual(['a']);
      await commit(journal);
      expect([...messagesOf(await readChunks(journal, 1)).values()]).toEqual(['a', 'b']);
    });

    it('lets the next commit begin in the callback of the one before', async () => {
      await new Promise<void>((resolve) => {
        putMessages(journal, 1, 1, ['a']);
        journal.commit(() => {
          putMessages(journal, 1, 2, ['b']);
          journal.commit(resolve);
        });
      });
      expect(messagesOf(await readChunks(journal, 1)).size).toBe(2);
    });

    it('counts the bytes of the batch being filled', async () => {
      expect(journal.batchBytes).toBe(0);
      putMessages(journal, 1, 1, ['x'.repeat(1000)]);
      expect(journal.batchBytes).toBeGreaterThan(1000);
      await commit(journal);
      expect(journal.batchBytes).toBe(0);
    });

    it('reports an empty batch durable', async () => {
      await commit(journal);
      expect(journal.isBatchEmpty).toBe(true);
    });

    it('starts a read with the chunk that holds the position, else with the next', async () => {
      putMessages(journal, 1, 10, ['a', 'b', 'c']);
      putMessages(journal, 1, 20, ['d']);
      putMessages(journal, 2, 1, ['other']);
      await commit(journal);
      const firsts = async (from: number, to?: number): Promise<number[]> =>
        (await readChunks(journal, 1, from, to)).map((chunk) => chunk.firstPosition);
      expect(await firsts(0)).toEqual([10, 20]);
      expect(await firsts(12)).toEqual([10, 20]);
      expect(await firsts(13)).toEqual([20]);
      expect(await firsts(21)).toEqual([]);
      expect(await firsts(0, 20)).toEqual([10]);
      expect(await firsts(0, 10)).toEqual([]);
      expect(await firsts(11, 12)).toEqual([10]);
      expect(await readChunks(journal, 3)).toEqual([]);
    });

    it('reads at least one chunk and stops before the byte limit is passed', async () => {
      for (let i = 0; i < 10; i++) putMessages(journal, 1, i, [`body-${i}`]);
      await commit(journal);
      const chunkBytes = (await readChunks(journal, 1))[0]?.bytes.length as number;
      expect(await readChunks(journal, 1, 0, 100, 1)).toHaveLength(1);
      expect(await readChunks(journal, 1, 0, 100, 3 * chunkBytes)).toHaveLength(3);
      expect(await readChunks(journal, 1, 4, 100, 3 * chunkBytes + 1)).toHaveLength(3);
    });

    it('reads long runs of small chunks completely', async () => {
      for (let i = 0; i < 2000; i++) putMessages(journal, 1, i, [String(i)]);
      await commit(journal);
      const messages = messagesOf(await readChunks(journal, 1));
      expect([...messages.keys()]).toEqual(Array.from({ length: 2000 }, (_, i) => i));
      expect(messages.get(1999)).toBe('1999');
    });

    it('hands out bytes that belong to the receiver', async () => {
      putMessages(journal, 1, 1, ['a']);
      await commit(journal);
      (await readChunks(journal, 1))[0]?.bytes.fill(0);
      expect(messagesOf(await readChunks(journal, 1)).get(1)).toBe('a');
    });

    it('stores one large message', async () => {
      const body = 'x'.repeat(20 << 20);
      putMessages(journal, 1, 1, [body]);
      await commit(journal);
      await reopenIfKept();
      expect(messagesOf(await readChunks(journal, 1, 0, 2, 1)).get(1) === body).toBe(true);
    });

    it('keeps the last settled bitmap of a chunk', async () => {
      putMessages(journal, 1, 1, ['a', 'b', 'c']);
      await commit(journal);
      const bitmap = Uint8Array.of(0b001);
      journal.putSettled(1, 1, bitmap);
      bitmap[0] = 0xff;
      await commit(journal);
      journal.putSettled(1, 1, Uint8Array.of(0b101));
      await commit(journal);
      await reopenIfKept();
      const [chunk] = await readChunks(journal, 1);
      expect([...(chunk?.settled ?? [])]).toEqual([0b101]);
      expect([...messagesOf([chunk as NonNullable<typeof chunk>]).values()]).toEqual(['b']);
    });

    it('deletes a chunk with its bitmap, and ignores unknown ones', async () => {
      putMessages(journal, 1, 1, ['a']);
      putMessages(journal, 1, 2, ['b']);
      journal.putSettled(1, 1, Uint8Array.of(1));
      await commit(journal);
      journal.deleteChunk(1, 1);
      journal.deleteChunk(1, 99);
      journal.deleteChunk(9, 1);
      await commit(journal);
      putMessages(journal, 1, 1, ['again']);
      await commit(journal);
      await reopenIfKept();
      expect([...messagesOf(await readChunks(journal, 1)).values()]).toEqual(['again', 'b']);
    });

    it('can be told everything twice', async () => {
      for (let round = 0; round < 2; round++) {
        putMessages(journal, 1, 1, ['a', 'b']);
        putMessages(journal, 1, 5, ['c']);
        journal.putSettled(1, 1, Uint8Array.of(1));
        journal.putQueueState(1, queueState(6, 2));
        journal.deleteChunk(1, 5);
        journal.deleteChunks(1, 100, 200);
        journal.dropQueue(2);
        await commit(journal);
      }
      await reopenIfKept();
      expect([...messagesOf(await readChunks(journal, 1))]).toEqual([[2, 'b']]);
      expect(journal.loadQueueStates()).toEqual(new Map([[1, queueState(6, 2)]]));
    });

    it('deletes the chunks that start in a range, whatever their number', async () => {
      for (let i = 0; i < 3000; i++) putMessages(journal, 1, i, [String(i)]);
      putMessages(journal, 2, 50, ['other']);
      await commit(journal);
      journal.deleteChunks(1, 10, 2990);
      await commit(journal);
      const left = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].concat(
        Array.from({ length: 10 }, (_, i) => 2990 + i),
      );
      expect([...messagesOf(await readChunks(journal, 1)).keys()]).toEqual(left);
      await reopenIfKept();
      expect([...messagesOf(await readChunks(journal, 1)).keys()]).toEqual(left);
      expect(messagesOf(await readChunks(journal, 2)).get(50)).toBe('other');
    });

    it('drops a large queue with all that belongs to it, and nothing else', async () => {
      for (let i = 0; i < 3000; i++) putMessages(journal, 5, i, [String(i)]);
      journal.putSettled(5, 0, Uint8Array.of(1));
      journal.putQueueState(5, queueState(3000));
      putMessages(journal, 4, 1, ['before']);
      putMessages(journal, 6, 1, ['after']);
      journal.putQueueState(6, queueState(2, 1));
      await commit(journal);
      journal.dropQueue(5);
      await commit(journal);
      expect(await readChunks(journal, 5)).toEqual([]);
      await reopenIfKept();
      expect(await readChunks(journal, 5)).toEqual([]);
      expect([...journal.loadQueueStates().keys()]).toEqual([6]);
      expect(messagesOf(await readChunks(journal, 4)).size).toBe(1);
      expect(messagesOf(await readChunks(journal, 6)).size).toBe(1);
    });

    it('loads the last state of each queue', async () => {
      journal.putQueueState(1, queueState(1));
      journal.putQueueState(2, { ...queueState(2), bodyBytes: 2 ** 52 });
      await commit(journal);
      journal.putQueueState(1, queueState(5));
      journal.putQueueState(1, queueState(9, 3));
      await commit(journal);
      await reopenIfKept();
      expect(journal.loadQueueStates()).toEqual(
        new Map([
          [1, queueState(9, 3)],
          [2, { ...queueState(2), bodyBytes: 2 ** 52 }],
        ]),
      );
    });

    it('removes the queues that are not retained', async () => {
      for (const storageId of [1, 2, 3]) {
        putMessages(journal, storageId, 1, ['a']);
        journal.putQueueState(storageId, queueState(2, 1));
      }
      // A queue without a state, as a crash in the middle of a drop leaves it.
      putMessages(journal, 4, 1, ['a']);
      await commit(journal);
      await reopenIfKept();
      journal.retainQueues(new Set([2]));
      // A commit of the engine's own may come first; the batch after it sees the result.
      await commit(journal);
      await commit(journal);
      await reopenIfKept();
      expect([...journal.loadQueueStates().keys()]).toEqual([2]);
      for (const storageId of [1, 3, 4]) expect(await readChunks(journal, storageId)).toEqual([]);
      expect(messagesOf(await readChunks(journal, 2)).size).toBe(1);
    });

    it('agrees with a map, whatever the order of calls', async () => {
      const step = fc.oneof(
        fc.record({
          do: fc.constant('put' as const),
          first: fc.nat(30),
          count: fc.integer({ min: 1, max: 3 }),
        }),
        fc.record({ do: fc.constant('delete' as const), first: fc.nat(30) }),
        fc.record({ do: fc.constant('range' as const), first: fc.nat(30), to: fc.nat(34) }),
        fc.record({ do: fc.constant('commit' as const) }),
      );
      let storageId = 100;
      const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        storageId++;
        const model = new Map<number, string[]>();
        const given = new Set<number>();
        for (const each of steps) {
          if (each.do === 'commit') await commit(journal);
          // Positions are never given twice, so a chunk that was put is not put again.
          else if (each.do === 'put' && !given.has(each.first)) {
            given.add(each.first);
            const bodies = Array.from({ length: each.count }, (_, i) => `${each.first}.${i}`);
            // A chunk never reaches into the next one.
            putMessages(journal, storageId, each.first * 10, bodies);
            model.set(each.first * 10, bodies);
          } else if (each.do === 'delete') {
            given.add(each.first);
            journal.deleteChunk(storageId, each.first * 10);
            model.delete(each.first * 10);
          } else if (each.do === 'range') {
            for (let i = each.first; i < each.to; i++) {
              given.add(i);
              model.delete(i * 10);
            }
            journal.deleteChunks(storageId, each.first * 10, each.to * 10);
          }
        }
        await commit(journal);
        const expected = [...model].sort(([a], [b]) => a - b);
        const messages = messagesOf(await readChunks(journal, storageId));
        expect([...messages]).toEqual(
          expected.flatMap(([first, bodies]) => bodies.map((body, i) => [first + i, body])),
        );
      });
      await fc.assert(property, { numRuns: 30 });
    });
  });
}
