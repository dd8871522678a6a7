// A queue with message groups over a journal whose commits and reads are held, beside a model that is an
// array of messages: every delivery is held against what the groups promise.

import { expect } from 'vitest';
import { Deadlines } from '../../../src/broker/deadlines.ts';
import type { Journal } from '../../../src/broker/journal.ts';
import { MessageMemory } from '../../../src/broker/message/message-memory.ts';
import { Queue } from '../../../src/broker/queue/queue.ts';
import type { QueueConsumer } from '../../../src/broker/queue/queue-consumer.ts';
import { Turn } from '../../../src/broker/turn.ts';
import type { FieldValue } from '../../../src/protocol/field-table.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { HeldJournal } from '../../support/core/held-journal.ts';
import { ManualClock } from '../../support/core/manual-clock.ts';
import { bodyOfRecord, incoming } from '../../support/core/messages.ts';
import { intakesOf } from '../../support/core/test-intakes.ts';

interface ModelMessage {
  readonly id: number;
  readonly key: string | undefined;
  readonly isPersistent: boolean;
  position: number;
  owner: object | undefined;
  isDelivered: boolean;
  /** When its wait for a retry ends; 0 = it does not wait. */
  dueMs: number;
}

function isReady({ owner, dueMs }: ModelMessage): boolean {
  return owner === undefined && dueMs === 0;
}

export class Prefetching implements QueueConsumer {
  readonly isExclusive = false;
  readonly priority = 0n;
  readonly consumerTag = 'c';
  readonly isNoAck: boolean;
  readonly #world: GroupWorld;
  readonly #prefetchCount: number;
  isCongested = false;

  constructor(world: GroupWorld, prefetchCount: number) {
    this.#world = world;
    this.#prefetchCount = prefetchCount;
    this.isNoAck = prefetchCount === 0;
  }

  get unackedCount(): number {
    return this.#world.messages.filter(({ owner }) => owner === this).length;
  }

  canTake(): boolean {
    return !this.isCongested && (this.isNoAck || this.unackedCount < this.#prefetchCount);
  }

  deliver(slab: Buffer, offset: number, position: number, isRedelivered: boolean): void {
    const id = bodyOfRecord(slab, offset).readUInt32BE(0);
    this.#world.delivered(id, position, isRedelivered, this, this.isNoAck);
  }

  queueRemoved(): void {}
}

const GET = {};

export class GroupWorld {
  readonly #inner: Journal;
  readonly #maxLength: number;
  readonly #retryMs: number;
  readonly #budgetBytes: number;
  #journal!: HeldJournal;
  #clock!: ManualClock;
  queue!: Queue;
  consumers: Prefetching[] = [];
  messages: ModelMessage[] = [];
  #nextId = 1;
  #isRestarted = false;

  constructor(inner: Journal, budgetBytes: number, maxLength: number, retryMs = 0) {
    this.#inner = inner;
    this.#retryMs = retryMs;
    this.#budgetBytes = budgetBytes;
    this.#maxLength = maxLength;
    this.#start();
  }

  #start(): void {
    this.#journal = new HeldJournal(this.#inner);
    this.#journal.readBytesMax = 5000;
    this.#clock = new ManualClock();
    const states = this.#journal.loadQueueStates();
    const bounds: Record<string, FieldValue> =
      this.#maxLength === 0 ? {} : { 'x-max-length': { type: 'I', value: this.#maxLength } };
    const text = (value: string): FieldValue => ({ type: 'S', value: Buffer.from(value) });
    const node = {
      journal: this.#journal,
      turn: new Turn(this.#clock, this.#journal, 0),
      clock: this.#clock,
      deadlines: new Deadlines(this.#clock),
    };
    const environment = {
      ...node,
      intakes: intakesOf(node),
      memory: new MessageMemory(this.#budgetBytes),
      deadLetters: {
        add: (_: Queue, slab: Buffer, offset: number) => this.#dropped(slab, offset),
        settingsChanged: () => undefined,
      },
      random: { bytes: (count: number) => Buffer.alloc(count) },
      queueUnused: () => undefined,
      queueExpired: () => undefined,
    };
    const definition = {
      ...{ vhostName: '/', name: 'q', isDurable: true, isAutoDelete: false, storageId: 1 },
      exclusiveOwner: undefined,
      arguments: tableOf({
        'x-group-by': text('key'),
        'x-dead-letter-exchange': text('d'),
        ...bounds,
        'x-delayed-retry-type': text('all'),
        'x-delayed-retry-min': { type: 'I', value: this.#retryMs },
      }),
    };
    this.queue = new Queue(definition, environment, () => states.get(1));
    this.consumers = [];
  }

  enqueue(key: string | undefined, isPersistent: boolean): void {
    const id = this.#nextId++;
    const body = Buffer.alloc(200);
    body.writeUInt32BE(id, 0);
    const headers = tableOf(
      key === undefined ? {} : { key: { type: 'S', value: Buffer.from(key) } },
    );
    const position = this.queue.messages.nextPosition;
    this.queue.enqueue(incoming({ body, isPersistent, properties: { headers } }));
    this.messages.push({
      id,
      key,
      isPersistent,
      position,
      owner: undefined,
      isDelivered: false,
      dueMs: 0,
    });
  }

  isHeldFrom(message: ModelMessage, taker: object): boolean {
    if (message.key === undefined) return false;
    return this.messages.some(
      ({ key, owner, dueMs }) =>
        key === message.key &&
        (dueMs > 0 || (owner !== undefined && (owner !== taker || owner === GET))),
    );
  }

  delivered(
    id: number,
    position: number,
    isRedelivered: boolean,
    taker: object,
    isNoAck: boolean,
  ): void {
    const message = this.messages.find((each) => each.id === id);
    if (message === undefined) throw new Error(`message ${id} is not in the queue`);
    const { owner, dueMs } = message;
    expect({ position, owner, dueMs }).toEqual({
      position: message.position,
      owner: undefined,
      dueMs: 0,
    });
    expect(this.isHeldFrom(message, taker)).toBe(false);
    const first = this.messages.find((each) => each.key === message.key && isReady(each));
    expect(first?.id).toBe(id);
    // A restart may flag more than it must.
    if (!this.#isRestarted || message.isDelivered) expect(isRedelivered).toBe(message.isDelivered);
    message.isDelivered = true;
    message.owner = taker;
    if (isNoAck) this.#forget(message);
  }

  /** The head of the queue, because it was too long. */
  #dropped(slab: Buffer, offset: number): void {
    const id = bodyOfRecord(slab, offset).readUInt32BE(0);
    const head = this.messages.find(isReady) as ModelMessage;
    expect(id).toBe(head.id);
    this.#forget(head);
  }

  #forget(message: ModelMessage): void {
    this.messages.splice(this.messages.indexOf(message), 1);
  }

  get(isNoAck: boolean): boolean {
    const { queue } = this;
    if (!queue.take()) {
      if (!queue.needsCold) expect(this.#takeable(GET)).toEqual([]);
      return false;
    }
    const { takenSegment, takenIndex, takenPosition, takenRedelivered } = queue.messages;
    const body = bodyOfRecord(takenSegment.slab, takenSegment.offsets[takenIndex] as number);
    this.delivered(body.readUInt32BE(0), takenPosition, takenRedelivered, GET, isNoAck);
    if (isNoAck) queue.settleTaken();
    return true;
  }

  #takeable(taker: object): number[] {
    return this.messages
      .filter((each) => isReady(each) && !this.isHeldFrom(each, taker))
      .map(({ id }) => id);
  }

  addConsumer(prefetchCount: number): void {
    const consumer = new Prefetching(this, prefetchCount);
    this.consumers.push(consumer);
    this.queue.addConsumer(consumer);
  }

  #unacked(choice: number): ModelMessage | undefined {
    const unacked = this.messages.filter(({ owner }) => owner !== undefined);
    return unacked[choice % Math.max(1, unacked.length)];
  }

  settle(choice: number, isReject: boolean): void {
    const message = this.#unacked(choice);
    if (message === undefined) return;
    // As a message that is rejected for good becomes a dead letter, it is told as such.
    if (!isReject) this.#forget(message);
    if (!isReject) this.queue.settle(message.position);
    else {
      this.messages.unshift(...this.messages.splice(this.messages.indexOf(message), 1));
      message.owner = undefined;
      this.queue.reject(message.position);
    }
    this.queue.dispatchLater();
  }

  requeue(message = this.#unacked(0)): void {
    if (message === undefined) return;
    message.owner = undefined;
    if (this.#retryMs > 0) message.dueMs = this.#clock.nowMs() + this.#retryMs;
    this.queue.requeue(message.position, 'returned');
  }

  requeueAny(choice: number): void {
    this.requeue(this.#unacked(choice));
  }

  /** Cancelled: what it holds stays its own. Crashed: it is given back. */
  removeConsumer(choice: number, isCrash: boolean): void {
    const consumer = this.consumers.splice(choice % Math.max(1, this.consumers.length), 1)[0];
    if (consumer === undefined) return;
    this.queue.removeConsumer(consumer);
    if (!isCrash) return;
    for (const message of this.messages) if (message.owner === consumer) this.requeue(message);
  }

  purge(): void {
    this.queue.catchUp();
    const left = this.messages.filter(({ owner }) => owner !== undefined);
    const dropped = this.messages.length - left.length;
    this.messages = left;
    expect(this.queue.purge()).toBe(dropped);
  }

  /** Time passes; messages whose wait is over are ready. */
  pass(ms: number): void {
    this.#clock.advance(ms);
    const nowMs = this.#clock.nowMs();
    for (const message of this.messages) if (message.dueMs <= nowMs) message.dueMs = 0;
  }

  endTurn(): void {
    this.#clock.endTurn();
  }

  async settleDown(): Promise<void> {
    while (
      this.#clock.isTurnPending ||
      this.#journal.isCommitting ||
      this.#journal.pendingReadCount > 0
    ) {
      this.endTurn();
      await this.#journal.finishRead();
      await this.#journal.finishCommit();
    }
    this.check();
    for (const consumer of this.consumers) {
      if (consumer.canTake()) expect(this.#takeable(consumer)).toEqual([]);
    }
  }

  check(): void {
    const ready = this.messages.filter(isReady).length;
    const waiting = this.messages.filter(({ dueMs }) => dueMs > 0).length;
    expect(this.queue.readyCount).toBe(ready);
    expect(this.queue.waitingCount).toBe(waiting);
    expect(this.queue.unackedCount).toBe(this.messages.length - ready - waiting);
  }

  /** Everything is durable, then the node dies and starts again. */
  async restart(): Promise<void> {
    await this.settleDown();
    this.messages = this.messages.filter(({ isPersistent }) => isPersistent);
    for (const message of this.messages) {
      message.owner = undefined;
      message.dueMs = 0;
    }
    this.#isRestarted = true;
    this.#start();
    this.check();
  }

  /** Everything comes out, and nothing is left in the journal. */
  async drain(): Promise<void> {
    while (this.#unacked(0) !== undefined) this.settle(0, false);
    for (let rounds = 0; this.messages.length > 0; rounds++) {
      expect(rounds).toBeLessThan(10_000);
      this.pass(this.#retryMs);
      while (this.get(true)) this.check();
      while (this.#unacked(0) !== undefined) this.settle(0, false);
      await this.settleDown();
    }
    await this.settleDown();
    expect(await this.#journal.storedChunks(1)).toEqual([]);
  }
}
