// A node of two queues (one durable, one not) over a journal whose commits and reads are held, beside a
// model that is an array of messages. Every step compares counts; every delivery compares place, bytes
// and the redelivered flag; a restart brings back what the last durable commit held, nothing else.

import { expect } from 'vitest';
import { Deadlines } from '../../../src/broker/deadlines.ts';
import type { Journal } from '../../../src/broker/journal.ts';
import { withDeliveryCount } from '../../../src/broker/message/delivery-count-header.ts';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import { COUNTED, SETTLED, type Segment, STATE_MASK } from '../../../src/broker/message/segment.ts';
import { NEEDS_COMMIT, TAKEN } from '../../../src/broker/queue/enqueue-outcome.ts';
import { Queue } from '../../../src/broker/queue/queue.ts';
import type { QueueConsumer } from '../../../src/broker/queue/queue-consumer.ts';
import { Turn } from '../../../src/broker/turn.ts';
import { EMPTY_TABLE, type FieldTable } from '../../../src/protocol/field-table.ts';
import { HeldJournal } from '../../support/core/held-journal.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';
import { bodyOfRecord, deliveryCountOf, incoming } from '../../support/core/messages.ts';
import { expectNoStoredCounts } from '../../support/core/stored-counts.ts';
import { intakesOf } from '../../support/core/test-intakes.ts';

interface ModelMessage {
  readonly id: number;
  readonly position: number;
  readonly bodyBytes: number;
  readonly isPersistent: boolean;
  state: 'ready' | 'unacked';
  isDelivered: boolean;
  returnCount: number;
  /** A commit has begun since it was enqueued. */
  isCollected: boolean;
}

/** What a restart must bring back. */
interface Stored {
  readonly id: number;
  readonly position: number;
  readonly bodyBytes: number;
  readonly isDelivered: boolean;
  readonly returnCount: number;
}

export function bodyOf(id: number, bytes: number): Buffer {
  const body = Buffer.alloc(bytes, id & 0xff);
  if (bytes >= 4) body.writeUInt32BE(id, 0);
  return body;
}

class CreditConsumer implements QueueConsumer {
  readonly consumerTag = 'c';
  readonly isExclusive = false;
  readonly priority = 0n;
  readonly unackedCount = 0;
  readonly isNoAck: boolean;
  credit = 0;
  readonly #model: QueueModel;

  constructor(model: QueueModel, isNoAck: boolean) {
    this.#model = model;
    this.isNoAck = isNoAck;
  }

  canTake(): boolean {
    return this.credit > 0;
  }

  deliver(slab: Buffer, offset: number, position: number, isRedelivered: boolean): void {
    this.credit--;
    this.#model.delivered(slab, offset, position, isRedelivered, this.isNoAck);
  }

  queueRemoved(): void {}
}

/** One queue and what it should hold. */
export class QueueModel {
  readonly queue: Queue;
  readonly consumer = new CreditConsumer(this, false);
  readonly noAckConsumer = new CreditConsumer(this, true);
  messages: ModelMessage[] = [];
  /** Held by the commit that is durable, and by the one in flight. */
  durable: readonly Stored[];
  inFlight: readonly Stored[] = [];

  constructor(queue: Queue, recovered: readonly Stored[]) {
    this.queue = queue;
    this.durable = recovered;
    this.messages = recovered.map((stored) => ({
      ...stored,
      isPersistent: true,
      state: 'ready',
      isCollected: true,
    }));
    queue.addConsumer(this.consumer);
    queue.addConsumer(this.noAckConsumer);
  }

  enqueue(id: number, bytes: number, isPersistent: boolean): void {
    const position = this.queue.messages.nextPosition;
    const outcome = this.queue.enqueue(incoming({ body: bodyOf(id, bytes), isPersistent }));
    expect(outcome).toBe(isPersistent && this.queue.isDurable ? NEEDS_COMMIT : TAKEN);
    this.messages.push({
      id,
      position,
      bodyBytes: bytes,
      isPersistent,
      state: 'ready',
      isDelivered: false,
      returnCount: 0,
      isCollected: false,
    });
  }

  delivered(
    slab: Buffer,
    offset: number,
    position: number,
    isRedelivered: boolean,
    isSettled: boolean,
  ): void {
    const message = this.messages.find(({ state }) => state === 'ready');
    expect({ position, isRedelivered }).toEqual({
      position: message?.position,
      isRedelivered: message?.isDelivered,
    });
    if (message === undefined) return;
    expect(deliveryCountOf(slab, offset)).toBe(message.returnCount);
    expect(bodyOfRecord(slab, offset).equals(bodyOf(message.id, message.bodyBytes))).toBe(true);
    message.isDelivered = true;
    message.state = 'unacked';
    if (isSettled) this.#forget(message);
  }

  #forget(message: ModelMessage): void {
    this.messages.splice(this.messages.indexOf(message), 1);
  }

  /** basic.get without waiting for the disk; true when there was a message. */
  take(isNoAck: boolean): boolean {
    const { queue } = this;
    const { messages } = queue;
    if (!queue.take()) {
      if (this.messages.some(({ state }) => state === 'ready')) expect(queue.needsCold).toBe(true);
      return false;
    }
    const { takenSegment, takenIndex, takenPosition, takenRedelivered } = messages;
    const offset = takenSegment.offsets[takenIndex] as number;
    const count = messages.takenDeliveryCount;
    const record = withDeliveryCount(takenSegment.slab, offset, count);
    this.delivered(record, 0, takenPosition, takenRedelivered, isNoAck);
    if (isNoAck) queue.settleTaken();
    return true;
  }

  #unacked(choice: number): ModelMessage | undefined {
    const unacked = this.messages.filter(({ state }) => state === 'unacked');
    return unacked[choice % Math.max(1, unacked.length)];
  }

  settle(choice: number): void {
    const message = this.#unacked(choice);
    if (message === undefined) return;
    this.#forget(message);
    this.queue.settle(message.position);
  }

  requeue(choice: number): void {
    const message = this.#unacked(choice);
    if (message === undefined) return;
    message.state = 'ready';
    if (this.queue.settings.countsDeliveries) message.returnCount++;
    this.queue.requeue(message.position, 'returned');
  }

  purge(): void {
    const ready = this.messages.filter(({ state }) => state === 'ready');
    this.messages = this.messages.filter(({ state }) => state === 'unacked');
    expect(this.queue.purge()).toBe(ready.length);
  }

  /** A commit starts, or nothing had to be written: what it covers. */
  collected(): Stored[] {
    for (const message of this.messages) message.isCollected = true;
    if (!this.queue.isDurable) return [];
    return this.messages
      .filter(({ isPersistent }) => isPersistent)
      .map(({ id, position, bodyBytes, isDelivered, returnCount }) => {
        return { id, position, bodyBytes, isDelivered, returnCount };
      });
  }

  checkCounts(): void {
    const { messages } = this.queue;
    expect(messages.deliveryCounts?.size ?? 0).toBe(countedIn(messages.segments));
    const stored = this.messages.filter((each) => each.isPersistent && each.isCollected);
    const isDurable = this.queue.isDurable;
    expect({
      ready: messages.readyCount,
      unacked: messages.unackedCount,
      bodyBytes: messages.bodyBytes,
      ...(isDurable ? { stored: messages.storedCount, storedBytes: messages.storedBodyBytes } : {}),
    }).toEqual({
      ready: this.messages.filter(({ state }) => state === 'ready').length,
      unacked: this.messages.filter(({ state }) => state === 'unacked').length,
      bodyBytes: sum(this.messages),
      ...(isDurable ? { stored: stored.length, storedBytes: sum(stored) } : {}),
    });
  }
}

/** Messages in memory that say that they are counted. */
function countedIn(segments: readonly Segment[]): number {
  const states = segments.flatMap(({ states, count }) => [...states.subarray(0, count)]);
  const isCounted = (state: number) => (state & COUNTED) !== 0 && (state & STATE_MASK) !== SETTLED;
  return states.filter(isCounted).length;
}

function sum(messages: readonly { readonly bodyBytes: number }[]): number {
  return messages.reduce((total, { bodyBytes }) => total + bodyBytes, 0);
}

const DURABLE_ID = 1;

export class QueueWorld {
  readonly #inner: Journal;
  readonly #budgetBytes: number;
  readonly #arguments: FieldTable;
  readonly #readBytesMax: number;
  journal!: HeldJournal;
  memory!: MessageMemory;
  clock!: ManualClock;
  queues!: QueueModel[];
  #nextId = 1;
  #lastTransientId = DURABLE_ID;

  constructor(
    inner: Journal,
    budgetBytes: number,
    readBytesMax = Number.POSITIVE_INFINITY,
    queueArguments = EMPTY_TABLE,
  ) {
    this.#inner = inner;
    this.#arguments = queueArguments;
    this.#readBytesMax = readBytesMax;
    this.#budgetBytes = budgetBytes;
    this.#start([[], []]);
  }

  get durable(): QueueModel {
    return this.queues[0] as QueueModel;
  }

  #start(recovered: readonly (readonly Stored[])[]): void {
    this.journal = new HeldJournal(this.#inner);
    this.journal.readBytesMax = this.#readBytesMax;
    this.clock = new ManualClock();
    this.memory = new MessageMemory(this.#budgetBytes);
    const turn = new Turn(this.clock, this.journal, 0);
    const { journal, memory } = this;
    const states = journal.loadQueueStates();
    journal.retainQueues(new Set([DURABLE_ID]));
    this.queues = [true, false].map((isDurable, index) => {
      const definition = {
        vhostName: '/',
        name: `q${index}`,
        isDurable,
        isAutoDelete: false,
        exclusiveOwner: undefined,
        arguments: this.#arguments,
        // As in a broker: what is not durable comes back as a new incarnation.
        storageId: isDurable ? DURABLE_ID : ++this.#lastTransientId,
      };
      const { clock } = this;
      const deadlines = new Deadlines(clock);
      const environment = {
        ...{ memory, journal, turn, clock, deadlines },
        intakes: intakesOf({ journal, turn, deadlines, clock }),
        deadLetters: { add: () => undefined, settingsChanged: () => undefined },
        random: { bytes: (count: number) => Buffer.alloc(count) },
        queueUnused: () => undefined,
        queueExpired: () => undefined,
      };
      const state = isDurable ? states.get(DURABLE_ID) : undefined;
      return new QueueModel(
        new Queue(definition, environment, () => state),
        recovered[index] ?? [],
      );
    });
    journal.onCommitStart = () => {
      for (const model of this.queues) model.inFlight = model.collected();
    };
    this.check();
  }

  enqueue(choice: number, bytes: number, isPersistent: boolean): void {
    (this.queues[choice] as QueueModel).enqueue(this.#nextId++, bytes, isPersistent);
  }

  endTurn(): void {
    this.clock.endTurn();
    this.#settleIdle();
  }

  async finishCommit(): Promise<void> {
    if (!this.journal.isCommitting) return;
    const covered = this.queues.map((model) => model.inFlight);
    const finished = this.journal.finishCommit();
    await finished;
    this.queues.forEach((model, index) => {
      model.durable = covered[index] as Stored[];
    });
    this.#settleIdle();
  }

  /** No commit runs after a turn: so everything is durable as it is. */
  #settleIdle(): void {
    if (this.journal.isCommitting || this.clock.isTurnPending) return;
    for (const model of this.queues) model.durable = model.collected();
  }

  /** The node dies and starts again. `isWritten`: the commit in flight reached the disk. */
  async restart(isWritten: boolean): Promise<void> {
    const wasCommitting = this.journal.isCommitting;
    if (isWritten) await this.journal.finishUnreported();
    this.#start(
      this.queues.map(({ durable, inFlight }) => (isWritten && wasCommitting ? inFlight : durable)),
    );
  }

  check(): void {
    for (const model of this.queues) model.checkCounts();
  }

  /** Ends turns, commits and reads until nothing moves. */
  async settleDown(): Promise<void> {
    while (
      this.clock.isTurnPending ||
      this.journal.isCommitting ||
      this.journal.pendingReadCount > 0
    ) {
      this.endTurn();
      await this.journal.finishRead();
      await this.finishCommit();
      this.check();
    }
    for (const { queue } of this.queues) expect(queue.messages.leaving).toBeUndefined();
    expect(this.memory.leavingBytes).toBe(0);
  }

  /** Takes and settles everything; then memory and journal hold nothing any more. */
  async drain(): Promise<void> {
    for (const model of this.queues) {
      model.consumer.credit = 0;
      while (model.messages.some(({ state }) => state === 'unacked')) model.settle(0);
      while (model.messages.length > 0) {
        while (model.take(true)) this.check();
        await this.settleDown();
      }
    }
    await this.settleDown();
    this.check();
    for (const { queue } of this.queues) {
      await this.#nothingIsStored(queue.storageId);
      expect(queue.messages.deliveryCounts?.size ?? 0).toBe(0);
    }
    const { storageId, messages } = this.durable.queue;
    await expectNoStoredCounts(this.journal, storageId, messages.nextPosition);
    // An empty queue keeps one slab for its next messages, and nobody else's bytes.
    const kept = this.queues.map(({ queue }) => queue.messages.tail);
    expect(this.memory.residentBytes).toBe(kept.reduce((sum, { slab }) => sum + slab.length, 0));
    expect(kept.every(({ isShared }) => !isShared)).toBe(true);
  }

  /** Removes the queues: not a byte stays. */
  async remove(): Promise<void> {
    for (const { queue } of this.queues) queue.remove();
    while (this.clock.isTurnPending || this.journal.isCommitting) {
      this.clock.endTurn();
      await this.journal.finishRead();
      await this.journal.finishCommit();
    }
    while (this.journal.pendingReadCount > 0) await this.journal.finishRead();
    expect(this.memory.residentBytes).toBe(0);
    expect(this.memory.leavingBytes).toBe(0);
    for (const { queue } of this.queues) {
      await this.#nothingIsStored(queue.storageId);
    }
  }

  /** An engine on disk may spread large removals over commits of its own. */
  async #nothingIsStored(storageId: number): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if ((await this.journal.storedChunks(storageId)).length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await this.journal.storedChunks(storageId)).toEqual([]);
  }
}
