// Damaged records, holes between chunks, and the chunks of a trickle, as they come back from the disk.

import { expect, test } from 'vitest';
import type { StoredChunk } from '../../../src/broker/journal.ts';
import type { QueueConsumer } from '../../../src/broker/queue/queue-consumer.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { bodyOfRecord } from '../../support/core/messages.ts';
import { QueueWorld } from './queue-world.ts';

class Recorder implements QueueConsumer {
  readonly consumerTag = 'recorder';
  readonly isNoAck = true;
  readonly isExclusive = false;
  readonly priority = 0n;
  readonly unackedCount = 0;
  readonly positions: number[] = [];
  readonly ids: number[] = [];

  canTake(): boolean {
    return true;
  }

  deliver(slab: Buffer, offset: number, position: number): void {
    this.positions.push(position);
    this.ids.push(bodyOfRecord(slab, offset).readUInt32BE(0));
  }

  queueRemoved(): void {}
}

async function trickle(world: QueueWorld, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    world.enqueue(0, 20, true);
    world.endTurn();
    await world.finishCommit();
  }
}

/** Delivers everything to a consumer that takes all there is. */
async function consumeAll(world: QueueWorld): Promise<Recorder> {
  const recorder = new Recorder();
  world.durable.queue.addConsumer(recorder);
  while (
    world.clock.isTurnPending ||
    world.journal.isCommitting ||
    world.journal.pendingReadCount
  ) {
    world.clock.endTurn();
    await world.journal.finishRead();
    await world.journal.finishCommit();
  }
  return recorder;
}

test('damaged records are skipped, their neighbours delivered, the counts corrected', async () => {
  const world = new QueueWorld(new MemoryJournal(), 1 << 30);
  for (let i = 0; i < 10; i++) world.enqueue(0, 20, true);
  await world.settleDown();
  await world.restart(false);
  world.journal.spoil = (chunks) => chunks.map((chunk) => ({ ...chunk, damaged: [2, 3, 9] }));
  const { positions } = await consumeAll(world);
  expect(positions).toEqual([0, 1, 4, 5, 6, 7, 8]);
  const { messages } = world.durable.queue;
  expect(messages.readyCount).toBe(0);
  expect(messages.unackedCount).toBe(0);
  expect(messages.bodyBytes).toBe(0);
  expect(messages.storedCount).toBe(0);
  expect(messages.storedBodyBytes).toBe(0);
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('records behind a damaged length are lost, the next chunk is delivered', async () => {
  const world = new QueueWorld(new MemoryJournal(), 1 << 30);
  for (let commit = 0; commit < 3; commit++) {
    for (let i = 0; i < 4; i++) world.enqueue(0, 20, true);
    world.endTurn();
    await world.finishCommit();
  }
  await world.restart(false);
  const cutAt = (chunk: StoredChunk): StoredChunk => ({
    ...chunk,
    bytes: chunk.bytes.subarray(0, chunk.bytes.length / 2),
    damaged: [2],
  });
  world.journal.spoil = (chunks) =>
    chunks.map((chunk) => (chunk.firstPosition === 4 ? cutAt(chunk) : chunk));
  const { positions } = await consumeAll(world);
  expect(positions).toEqual([0, 1, 2, 3, 4, 5, 8, 9, 10, 11]);
  expect(world.durable.queue.readyCount).toBe(0);
  expect(world.durable.queue.messages.storedCount).toBe(0);
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('a chunk that is damaged from its first record on is deleted all the same', async () => {
  const world = new QueueWorld(new MemoryJournal(), 1 << 30);
  await trickle(world, 3);
  await world.restart(false);
  world.journal.spoil = (chunks) =>
    chunks.map((chunk) =>
      chunk.firstPosition === 1 ? { ...chunk, bytes: Buffer.alloc(0), damaged: [0] } : chunk,
    );
  const { positions } = await consumeAll(world);
  expect(positions).toEqual([0, 2]);
  expect(world.durable.queue.readyCount).toBe(0);
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('a trickle of confirmed messages costs memory and chunks by size, not by count', async () => {
  const world = new QueueWorld(new MemoryJournal(), 100_000);
  await trickle(world, 3000);
  await world.settleDown();
  expect(world.memory.residentBytes).toBeLessThan(600_000);
  await world.restart(false);
  expect(world.durable.queue.readyCount).toBe(3000);
  const { positions, ids } = await consumeAll(world);
  expect(positions).toEqual(Array.from({ length: 3000 }, (_, index) => index));
  expect(ids).toEqual(positions.map((position) => position + 1));
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('messages that stay unacknowledged here and there survive with wide holes between them', async () => {
  const world = new QueueWorld(new MemoryJournal(), 1 << 30);
  const { queue } = world.durable;
  for (let commit = 0; commit < 40; commit++) {
    for (let i = 0; i < 500; i++) world.enqueue(0, 8, true);
    world.endTurn();
    await world.finishCommit();
  }
  const kept: number[] = [];
  for (let position = 0; position < 20_000; position++) {
    expect(queue.take()).toBe(true);
    if (position % 3000 === 17) kept.push(position);
    else queue.settle(position);
  }
  while (world.clock.isTurnPending || world.journal.isCommitting) {
    world.clock.endTurn();
    await world.journal.finishCommit();
  }
  expect((await world.journal.storedChunks(1)).length).toBe(kept.length);
  // Restarted by hand: the model of this world was left alone above.
  world.durable.messages = world.durable.messages.filter(({ position }) => kept.includes(position));
  world.durable.durable = world.durable.messages.map((each) => ({ ...each, isDelivered: true }));
  await world.restart(false);
  await world.drain();
  await world.remove();
});
