import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkRecords, fillChecksums, recordOffsets } from '../../src/storage/stored-records.ts';
import { makeRecord } from '../contracts/stored-messages.ts';

function makeChunk(bodies: readonly string[]): Buffer {
  const chunk = Buffer.concat(bodies.map((body) => makeRecord(body)));
  fillChecksums(chunk, 0, chunk.length);
  return chunk;
}

describe('stored records', () => {
  it('are intact as written, at any place in a slab', () => {
    const records = Buffer.concat([makeRecord('a'), makeRecord('bb')]);
    const slab = Buffer.alloc(records.length + 20, 0xaa);
    records.copy(slab, 7);
    expect(fillChecksums(slab, 7, 7 + records.length)).toBe(2);
    const chunk = slab.subarray(7, 7 + records.length);
    expect(checkRecords(chunk)).toEqual({ count: 2, end: chunk.length, damaged: [] });
    expect([...recordOffsets(chunk, chunk.length)]).toEqual([0, makeRecord('a').length]);
    expect(slab.subarray(0, 7).every((byte) => byte === 0xaa)).toBe(true);
    expect(slab.subarray(7 + records.length).every((byte) => byte === 0xaa)).toBe(true);
  });

  it('keep the neighbours of any damaged byte that is not part of a length', () => {
    const bodies = ['first', 'second one', 'third'];
    const chunk = makeChunk(bodies);
    const starts = [...recordOffsets(chunk, chunk.length)];
    const property = fc.property(
      fc.nat(chunk.length - 1),
      fc.integer({ min: 1, max: 255 }),
      (at, flip) => {
        const index = starts.findLastIndex((start) => start <= at);
        fc.pre(at - (starts[index] as number) >= 4);
        const damaged = Buffer.from(chunk);
        damaged[at] = (damaged[at] as number) ^ flip;
        const checked = checkRecords(damaged);
        expect(checked.damaged.map((record) => record.index)).toEqual([index]);
        expect(checked).toMatchObject({ count: 3, end: chunk.length });
      },
    );
    fc.assert(property);
  });

  it('keep what lies before a damaged length and trust nothing after it', () => {
    const chunk = makeChunk(['first', 'second one', 'third', 'fourth']);
    const starts = [...recordOffsets(chunk, chunk.length)];
    const second = starts[1] as number;
    for (const wrong of [0, 8, 9, 50, 1 << 30]) {
      const damaged = Buffer.from(chunk);
      damaged.writeUInt32BE(wrong, second);
      const checked = checkRecords(damaged);
      expect(checked).toEqual({ count: 1, end: second, damaged: [] });
    }
  });

  it('find intact records behind several damaged ones', () => {
    const chunk = makeChunk(['a', 'b', 'c', 'd', 'e']);
    const starts = [...recordOffsets(chunk, chunk.length)];
    for (const index of [1, 2, 4]) {
      const at = (starts[index] as number) + 12;
      chunk[at] = (chunk[at] as number) ^ 1;
    }
    const checked = checkRecords(chunk);
    expect(checked.damaged.map((record) => record.index)).toEqual([1, 2, 4]);
    expect(checked.count).toBe(5);
  });

  it('are never stored with a length that is wrong', () => {
    const chunk = makeChunk(['a', 'b']);
    chunk.writeUInt32BE(chunk.length + 1, 0);
    expect(() => fillChecksums(chunk, 0, chunk.length)).toThrow(/whole records/);
  });

  it('end in a tail when the chunk is cut short or is not one', () => {
    const chunk = makeChunk(['a', 'b']);
    const cut = chunk.subarray(0, chunk.length - 3);
    expect(checkRecords(cut).count).toBe(1);
    expect(checkRecords(Buffer.alloc(100)).count).toBe(0);
    expect(checkRecords(Buffer.alloc(5, 0xff))).toEqual({ count: 0, end: 0, damaged: [] });
  });
});
