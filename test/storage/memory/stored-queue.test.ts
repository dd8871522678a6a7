import { describe, expect, it } from 'vitest';
import { type MemoryChunk, StoredQueue } from '../../../src/storage/memory/stored-queue.ts';

function chunk(firstPosition: number, recordCount = 1): MemoryChunk {
  return { firstPosition, recordCount, bytes: Buffer.alloc(0) };
}

const firsts = (queue: StoredQueue, from: number, to: number): number[] =>
  [...queue.read(from, to)].map((each) => each.firstPosition);

describe('stored queue', () => {
  it('finds the chunk that holds a position behind deleted ones', () => {
    const queue = new StoredQueue();
    queue.put(chunk(0, 100));
    for (let i = 10; i < 20; i++) queue.put(chunk(i * 100));
    for (let i = 10; i < 19; i++) queue.delete(i * 100);
    expect(firsts(queue, 99, 5000)).toEqual([0, 1900]);
    expect(firsts(queue, 100, 5000)).toEqual([1900]);
    expect(firsts(queue, 1850, 1900)).toEqual([]);
  });

  it('keeps its order through puts out of order, deletes and compaction', () => {
    const queue = new StoredQueue();
    for (let i = 999; i >= 0; i--) queue.put(chunk((i * 7) % 1000));
    for (let i = 0; i < 1000; i++) if (i % 10 !== 0) queue.delete(i);
    const expected = Array.from({ length: 100 }, (_, i) => i * 10);
    expect(firsts(queue, 0, 1000)).toEqual(expected);
    queue.put(chunk(5));
    expect(firsts(queue, 0, 11)).toEqual([0, 5, 10]);
    queue.deleteRange(0, 900);
    expect(firsts(queue, 0, 1000)).toEqual(expected.filter((position) => position >= 900));
  });
});
