import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deadlines } from '../../../src/broker/deadlines.ts';
import { DelayedMessages, type DelayedPage } from '../../../src/broker/delay/delayed-messages.ts';
import { DueClock } from '../../../src/broker/delay/due-clock.ts';
import type { DelayedPlace, DelayedRead } from '../../../src/broker/journal.ts';
import type { IncomingMessage } from '../../../src/broker/message/incoming-message.ts';
import { recordOf } from '../../../src/broker/message/message-record.ts';
import { Turn } from '../../../src/broker/turn.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { MemoryJournal } from '../../../src/storage/memory/memory-journal.ts';
import { HeldJournal } from '../../support/core/held-journal.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';
import { bodyOfRecord, incoming } from '../../support/core/messages.ts';

const OWNER = { storageId: 3, isDurable: true };

/** One owner of delayed messages; what it releases joins the batch, as an enqueue would. */
class World {
  clock = new ManualClock();
  readonly #disk = new MemoryJournal();
  journal!: HeldJournal;
  delayed!: DelayedMessages;
  turn!: Turn;
  deadlines!: Deadlines;
  /** Ids as they were released since the start, and those whose release is durable. */
  released: number[] = [];
  readonly durable: number[] = [];
  readonly dueMs = new Map<number, number>();
  #nextId = 1;

  constructor() {
    this.start();
  }

  start(): void {
    const nowMs = this.clock.nowMs();
    this.clock = new ManualClock();
    this.clock.advance(nowMs);
    this.journal = new HeldJournal(this.#disk);
    this.turn = new Turn(this.clock, this.journal);
    this.deadlines = new Deadlines(this.clock);
    const { journal, turn, deadlines } = this;
    const environment = { journal, turn, deadlines, dueClock: new DueClock(this.clock) };
    const recovered = journal.loadDelayedStates().get(OWNER.storageId);
    this.released = [];
    this.delayed = new DelayedMessages(
      environment,
      OWNER,
      (message) => this.#releasedOne(message),
      recovered,
    );
  }

  #releasedOne(message: IncomingMessage): void {
    const id = Number(bodyOfRecord(recordOf(message), 0).toString());
    expect(this.clock.wallMs()).toBeGreaterThanOrEqual(this.dueMs.get(id) as number);
    this.released.push(id);
    this.journal.join(() => this.durable.push(id));
  }

  hold(delayMs: number, isPersistent = true): number {
    const id = this.#nextId++;
    const body = Buffer.from(String(id));
    const properties = { headers: tableOf({ 'x-delay': delayMs }) };
    this.dueMs.set(id, this.clock.wallMs() + delayMs);
    const needsCommit = this.delayed.hold(
      incoming({ body, isPersistent, properties }),
      undefined,
      delayMs,
    );
    expect(needsCommit).toBe(isPersistent);
    return id;
  }

  endTurn(): void {
    while (this.clock.isTurnPending) this.clock.endTurn();
  }

  /** Turns, commits and reads until only time is left to wait for. */
  async settle(): Promise<void> {
    this.endTurn();
    this.clock.advance(5);
    this.endTurn();
    while (this.journal.isCommitting || this.journal.pendingReadCount > 0) {
      await this.journal.finishRead();
      this.endTurn();
      await this.journal.finishCommit();
      this.endTurn();
      this.clock.advance(5);
      this.endTurn();
    }
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  async ask<T>(question: (callback: (answer: T) => void) => void): Promise<T> {
    let answer: T | undefined;
    question((given) => {
      answer = given;
    });
    await this.settle();
    return answer as T;
  }

  list(from?: DelayedPlace, limit = 100): Promise<DelayedPage> {
    return this.ask((callback) => this.delayed.list(from, limit, callback));
  }

  async listIds(): Promise<number[]> {
    const { messages } = await this.list();
    return messages.map(({ record }) => Number(bodyOfRecord(record, 0).toString()));
  }
}

describe('delayed messages', () => {
  it('are released in order of time, not before, and counted meanwhile', async () => {
    const world = new World();
    for (const delayMs of [300, 100, 200, 100]) world.hold(delayMs);
    expect(world.delayed.messageCount).toBe(4);
    await world.settle();
    await world.pass(80);
    expect(world.released).toEqual([]);
    await world.pass(20);
    expect(world.released).toEqual([2, 4]);
    expect(world.delayed.messageCount).toBe(2);
    await world.pass(500);
    expect(world.released).toEqual([2, 4, 3, 1]);
    expect(world.delayed.messageCount).toBe(0);
    expect(world.clock.timerCount).toBe(0);
  });

  it('are released also when their commit took longer than their delay', async () => {
    const world = new World();
    world.hold(2);
    world.endTurn();
    world.clock.advance(50);
    world.endTurn();
    expect(world.journal.isCommitting).toBe(true);
    world.hold(1);
    await world.pass(50);
    expect(world.released.toSorted()).toEqual([1, 2]);
  });

  it('survive a restart, but for transient ones', async () => {
    const world = new World();
    world.hold(100);
    world.hold(50, false);
    world.hold(40);
    await world.settle();
    world.start();
    expect(world.delayed.messageCount).toBe(2);
    world.hold(60, false);
    await world.settle();
    expect(await world.listIds()).toEqual([3, 4, 1]);
    await world.pass(1000);
    expect(world.released).toEqual([3, 4, 1]);
    expect(world.delayed.messageCount).toBe(0);
    expect((await world.list()).messages).toEqual([]);
  });

  it('leave with the commit of their release: a crash before it releases them again', async () => {
    const world = new World();
    world.hold(1000);
    await world.settle();
    world.clock.advance(1000);
    await world.journal.finishRead();
    world.endTurn();
    expect(world.released).toEqual([1]);
    expect(world.journal.isCommitting).toBe(true);
    world.start();
    expect(world.delayed.messageCount).toBe(1);
    await world.settle();
    expect(world.released).toEqual([1]);
    expect(world.durable).toEqual([1]);
    world.start();
    await world.pass(100);
    expect(world.released).toEqual([]);
  });

  it('are listed by pages, cancelled, and delivered early', async () => {
    const world = new World();
    for (const delayMs of [100, 200, 300, 400]) world.hold(delayMs);
    await world.settle();
    const first = await world.list(undefined, 3);
    expect(first.messages).toHaveLength(3);
    const second = await world.list(first.next, 3);
    expect(second).toMatchObject({ messages: [{ sequence: 4 }], next: undefined });
    const [one, two] = first.messages as unknown as [DelayedPlace, DelayedPlace];
    const ask = (verb: 'cancel' | 'deliverNow', place: DelayedPlace) =>
      world.ask<boolean>((callback) => world.delayed[verb](place, callback));
    expect(await ask('cancel', one)).toBe(true);
    expect(await ask('cancel', one)).toBe(false);
    expect(await ask('deliverNow', { ...two, sequence: 99 })).toBe(false);
    expect(world.delayed.messageCount).toBe(3);
    world.dueMs.set(2, 0);
    expect(await ask('deliverNow', two)).toBe(true);
    expect(world.released).toEqual([2]);
    await world.pass(1000);
    expect(world.released).toEqual([2, 3, 4]);
    expect(world.delayed.messageCount).toBe(0);
  });

  it('are gone at once when cancelled, whatever the disk still brings', async () => {
    const world = new World();
    world.hold(1000);
    await world.settle();
    const place = { dueMs: world.dueMs.get(1) as number, sequence: 1 };
    const answers: boolean[] = [];
    world.delayed.cancel(place, (isFound) => answers.push(isFound));
    world.delayed.deliverNow(place, (isFound) => answers.push(isFound));
    world.clock.advance(1000);
    while (world.journal.pendingReadCount > 0) await world.journal.finishRead();
    expect(answers).toEqual([true, false]);
    await world.pass(100);
    expect(world.released).toEqual([]);
    expect(world.delayed.messageCount).toBe(0);
  });

  it('that are damaged on the disk are taken out, and their neighbours released', async () => {
    const world = new World();
    for (const delayMs of [1000, 1001, 1002]) world.hold(delayMs);
    await world.settle();
    world.journal.spoilDelayed = (read: DelayedRead) => ({
      ...read,
      records: read.records.map((one) =>
        one.sequence === 2 ? { ...one, record: undefined } : one,
      ),
    });
    await world.pass(2000);
    expect(world.released).toEqual([1, 3]);
    expect(world.delayed.messageCount).toBe(0);
    expect((await world.list()).messages).toEqual([]);
  });

  it('end with their owner', async () => {
    const world = new World();
    world.hold(1000);
    await world.settle();
    world.hold(1000);
    world.delayed.drop();
    await world.pass(2000);
    expect(world.released).toEqual([]);
    expect(world.journal.loadDelayedStates().size).toBe(0);
    expect(world.clock.timerCount).toBe(0);
  });

  it('need no memory of their own: the timer is one, whatever their number', async () => {
    const world = new World();
    for (let i = 0; i < 3000; i++) world.hold(1000 + i);
    await world.settle();
    expect(world.deadlines.count).toBe(1);
    await world.pass(10_000);
    expect(world.released).toHaveLength(3000);
  });

  it('of any history are each released once, whatever crashes', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('hold' as const), ms: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ do: fc.constant('hold' as const), ms: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ do: fc.constant('pass' as const), ms: fc.nat(30) }),
      fc.record({
        do: fc.constantFrom('turn', 'commit', 'read', 'settle', 'crash'),
        ms: fc.nat(0),
      }),
    );
    const property = fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      async (all) => {
        const world = new World();
        /** Held and durable, or not known to be. */
        const durableHeld = new Set<number>();
        let uncommitted: number[] = [];
        for (const each of all) {
          if (each.do === 'hold') {
            const id = world.hold(each.ms);
            uncommitted.push(id);
            world.journal.join(() => durableHeld.add(id));
          } else if (each.do === 'pass') world.clock.advance(each.ms);
          else if (each.do === 'turn') world.endTurn();
          else if (each.do === 'commit') await world.journal.finishCommit();
          else if (each.do === 'read') await world.journal.finishRead();
          else if (each.do === 'settle') await world.settle();
          else {
            world.start();
            uncommitted = [];
          }
        }
        await world.settle();
        await world.pass(100);
        await world.pass(100);
        const expected = [...durableHeld].sort((one, other) => one - other);
        expect([...world.durable].sort((one, other) => one - other)).toEqual(expected);
        expect(world.delayed.messageCount).toBe(0);
        expect(uncommitted.every((id) => durableHeld.has(id))).toBe(true);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });
});
