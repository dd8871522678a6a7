// Backlogs that leave memory, come back, and survive restarts: the cases that random histories found.

import { expect, test } from 'vitest';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { QueueWorld } from './queue-world.ts';

function worldWith(budgetBytes: number): QueueWorld {
  return new QueueWorld(new MemoryJournal(), budgetBytes);
}

function publish(world: QueueWorld, count: number, bytes: number, isPersistent = true): void {
  for (let i = 0; i < count; i++) world.enqueue(0, bytes, isPersistent);
}

async function restartAndDrain(world: QueueWorld): Promise<void> {
  await world.restart(false);
  await world.drain();
  await world.remove();
}

test('a backlog that is purged before it could leave memory is forgotten', async () => {
  const world = worldWith(0);
  publish(world, 16, 7000);
  world.durable.purge();
  await world.drain();
  await world.remove();
});

test('a burst over the memory budget within one turn is stored as a whole', async () => {
  const world = worldWith(0);
  publish(world, 60, 1000);
  world.endTurn();
  await world.finishCommit();
  expect(world.durable.durable).toHaveLength(60);
  await restartAndDrain(world);
});

test('what is delivered while its segment is about to leave memory survives a crash', async () => {
  const world = worldWith(0);
  publish(world, 60, 1000);
  for (let i = 0; i < 40; i++) world.durable.take(false);
  world.endTurn();
  await world.finishCommit();
  await restartAndDrain(world);
});

test('a message published while a recovered backlog is consumed comes after it', async () => {
  const world = worldWith(1 << 30);
  for (let i = 0; i < 4; i++) {
    publish(world, 100, 9000);
    world.endTurn();
    await world.finishCommit();
  }
  await world.restart(false);
  const model = world.durable;
  expect(model.take(true)).toBe(false);
  await world.settleDown();
  while (model.take(true));
  expect(model.messages.length).toBeGreaterThan(0);
  publish(world, 1, 10);
  await world.drain();
  await world.remove();
});

test('who waits for a read is called when a purge makes the read void', async () => {
  const world = worldWith(1 << 30);
  publish(world, 10, 100);
  await world.settleDown();
  await world.restart(false);
  const { queue } = world.durable;
  expect(world.durable.take(false)).toBe(false);
  let calls = 0;
  queue.whenRead(() => calls++);
  world.durable.purge();
  await world.settleDown();
  expect(calls).toBe(1);
  expect(queue.needsCold).toBe(false);
});

test('a purge after a restart deletes the chunk that lies across the floor', async () => {
  const world = worldWith(1 << 30);
  publish(world, 5, 100);
  await world.settleDown();
  world.durable.take(true);
  await world.settleDown();
  await world.restart(false);
  world.durable.purge();
  await world.settleDown();
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('transient messages that left memory are gone from the disk after a restart', async () => {
  const world = worldWith(0);
  publish(world, 200, 1000, false);
  await world.settleDown();
  expect((await world.journal.storedChunks(1)).length).toBeGreaterThan(0);
  await world.restart(false);
  world.endTurn();
  await world.settleDown();
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('a queue that is empty lets a large message go', async () => {
  const world = worldWith(1 << 30);
  publish(world, 1, 200_000);
  world.durable.take(true);
  await world.settleDown();
  expect(world.memory.residentBytes).toBe(0);
});

test('a chunk that was settled whole is deleted at once, whatever stands behind it in memory', async () => {
  const world = worldWith(1 << 30);
  publish(world, 1, 1000);
  await world.settleDown();
  world.durable.take(false);
  publish(world, 1, 0, false);
  world.durable.settle(0);
  await world.settleDown();
  expect(await world.journal.storedChunks(1)).toEqual([]);
});

test('void records in front of a message that is read back leave the disk at once', async () => {
  const world = worldWith(0);
  publish(world, 24, 2300, false);
  publish(world, 1, 0);
  await world.settleDown();
  await world.restart(false);
  world.durable.take(false);
  await world.settleDown();
  world.durable.take(false);
  await world.settleDown();
  expect((await world.journal.storedChunks(1)).map(({ firstPosition }) => firstPosition)).toEqual([
    24,
  ]);
});
