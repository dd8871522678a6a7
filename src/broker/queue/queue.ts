// A queue: its definition, messages, consumers. Each message goes to one consumer. What is durable
// goes through QueueJournal, what does not fit in memory through QueuePaging.

import type { FieldTable } from '../../protocol/field-table.ts';
import type { Binding } from '../exchange/binding.ts';
import { type Intake, type IntakeOwner, PASSED, TAKEN_UNTIL_COMMIT } from '../intake.ts';
import type { Journal, QueueState } from '../journal.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import type { MessageMemory } from '../message/message-memory.ts';
import type { Turn } from '../turn.ts';
import { ConsumerDispatch } from './consumer-dispatch.ts';
import type { QueueConsumer } from './queue-consumer.ts';
import { QueueJournal } from './queue-journal.ts';
import { QueueMessages } from './queue-messages.ts';
import { QueuePaging } from './queue-paging.ts';

/** What is fixed when a queue is declared. */
export interface QueueDefinition {
  readonly vhostName: string;
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  /** The owning connection of an exclusive queue, by reference. */
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  /** Names this incarnation in the journal and in metadata (kind `queue`). */
  readonly storageId: number;
}

/** What a queue needs of its node. */
export interface QueueEnvironment {
  readonly memory: MessageMemory;
  readonly journal: Journal;
  readonly turn: Turn;
  /** The last consumer of an auto-delete queue left. */
  queueUnused(queue: Queue): void;
}

export class Queue implements QueueDefinition, IntakeOwner {
  readonly vhostName: string;
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  readonly storageId: number;
  /** Bindings that lead to this queue; kept by topology. */
  readonly bindings = new Set<Binding>();
  readonly messages: QueueMessages;
  /** Undefined for almost all: see intake.ts. */
  intake: Intake | undefined = undefined;
  /** True once deleted: late acknowledgements for it are void. */
  isRemoved = false;

  readonly #environment: QueueEnvironment;
  readonly #dispatch: ConsumerDispatch;
  readonly #journal: QueueJournal;
  readonly #paging: QueuePaging;
  #readCallbacks: (() => void)[] = [];
  #isDispatchScheduled = false;
  #isCollectScheduled = false;

  constructor(
    definition: QueueDefinition,
    environment: QueueEnvironment,
    recovered?: QueueState | undefined,
  ) {
    this.vhostName = definition.vhostName;
    this.name = definition.name;
    this.isDurable = definition.isDurable;
    this.isAutoDelete = definition.isAutoDelete;
    this.exclusiveOwner = definition.exclusiveOwner;
    this.arguments = definition.arguments;
    this.storageId = definition.storageId;
    this.#environment = environment;
    this.messages = new QueueMessages(environment.memory);
    if (recovered !== undefined) this.messages.recover(recovered);
    this.#dispatch = new ConsumerDispatch(this.messages);
    this.#journal = new QueueJournal(this.messages, this.storageId, this.isDurable);
    this.#paging = new QueuePaging(this.messages, environment.journal, this.storageId);
    if (this.messages.isJournalDirty) this.#collectLater();
  }

  get readyCount(): number {
    return this.messages.readyCount;
  }

  get unackedCount(): number {
    return this.messages.unackedCount;
  }

  get consumerCount(): number {
    return this.#dispatch.consumers.length;
  }

  get consumers(): readonly QueueConsumer[] {
    return this.#dispatch.consumers;
  }

  /** Takes a message, unless its intake does. True when a confirm for it has to wait for the next commit. */
  enqueue(message: IncomingMessage): boolean {
    if (this.intake !== undefined) {
      const result = this.intake.take(message);
      if (result !== PASSED) return result === TAKEN_UNTIL_COMMIT;
    }
    return this.append(message);
  }

  /** Takes a message at the tail, also one that was held back before. */
  append(message: IncomingMessage): boolean {
    const messages = this.messages;
    const segments = messages.segments.length;
    messages.enqueue(message);
    if (messages.segments.length !== segments && messages.memory.isOverBudget) this.#pageOut();
    this.dispatchLater();
    if (!message.isPersistent || !this.isDurable) return false;
    messages.isJournalDirty = true;
    this.#environment.turn.addUncommitted(message.contentEnd - message.contentStart);
    this.#collectLater();
    return true;
  }

  #pageOut(): void {
    const bytes = this.#paging.chooseLeaving();
    if (bytes === 0) return;
    this.#environment.turn.addUncommitted(bytes);
    this.#collectLater();
  }

  /** Delivers at the end of the turn, if there is something to deliver and someone to take it. */
  dispatchLater(): void {
    if (this.#isDispatchScheduled || this.#dispatch.consumers.length === 0) return;
    if (this.messages.readyCount === 0) return;
    this.#isDispatchScheduled = true;
    this.#environment.turn.dispatchLater(this);
  }

  dispatch(): void {
    this.#isDispatchScheduled = false;
    if (this.isRemoved) return;
    const deliveredEnd = this.messages.deliveredEnd;
    this.#dispatch.run();
    this.#delivered(deliveredEnd);
  }

  #delivered(deliveredEndBefore: number): void {
    const messages = this.messages;
    if (messages.cold !== undefined) this.#readAhead();
    // Stored messages that are out for the first time must come back as redelivered after a crash.
    if (
      this.isDurable &&
      messages.deliveredEnd !== deliveredEndBefore &&
      messages.storedCount > 0
    ) {
      messages.isJournalDirty = true;
    }
    if (messages.isJournalDirty) this.#collectLater();
  }

  #readAhead(): void {
    this.#paging.readAhead(() => {
      this.dispatchLater();
      if (this.messages.isJournalDirty) this.#collectLater();
      const callbacks = this.#readCallbacks;
      this.#readCallbacks = [];
      for (const callback of callbacks) callback();
    });
  }

  /** Calls back once the next messages of the cold span are in memory (see needsCold). */
  whenRead(callback: () => void): void {
    this.#readCallbacks.push(callback);
    this.#readAhead();
  }

  /** Takes one message for basic.get; the result is in messages.taken*. */
  take(): boolean {
    const deliveredEnd = this.messages.deliveredEnd;
    const isTaken = this.messages.take();
    this.#delivered(deliveredEnd);
    return isTaken;
  }

  /** Settles what take() found, at once (basic.get with no-ack). */
  settleTaken(): void {
    this.messages.settleAt(this.messages.takenSegment, this.messages.takenIndex);
    if (this.messages.isJournalDirty) this.#collectLater();
  }

  /** True when the next ready message has to be read from the disk first. */
  get needsCold(): boolean {
    return this.messages.needsCold;
  }

  /** Settles a delivered message for good. Void when the queue is gone. */
  settle(position: number): void {
    if (this.isRemoved) return;
    this.messages.settle(position);
    if (this.messages.isJournalDirty) this.#collectLater();
  }

  /** Gives a delivered message back to its place. Void when the queue is gone. */
  requeue(position: number): void {
    if (this.isRemoved) return;
    this.messages.requeue(position);
    this.dispatchLater();
  }

  addConsumer(consumer: QueueConsumer): void {
    this.#dispatch.add(consumer);
    this.dispatchLater();
  }

  removeConsumer(consumer: QueueConsumer): void {
    if (!this.#dispatch.remove(consumer)) return;
    if (this.isAutoDelete && this.consumerCount === 0 && !this.isRemoved) {
      this.#environment.queueUnused(this);
    }
  }

  /** Drops all ready messages; returns how many. Unacked ones stay. */
  purge(): number {
    const count = this.messages.purge();
    if (this.messages.isJournalDirty) this.#collectLater();
    return count;
  }

  /** Ends the incarnation: cancels consumers, drops all messages and the journal state. */
  remove(): void {
    if (this.isRemoved) return;
    this.isRemoved = true;
    for (const consumer of [...this.#dispatch.consumers]) consumer.queueRemoved();
    this.#dispatch.consumers.length = 0;
    this.messages.removeAll();
    this.intake?.drop();
    this.messages.isJournalDirty = true;
    this.#collectLater();
    const callbacks = this.#readCallbacks;
    this.#readCallbacks = [];
    for (const callback of callbacks) callback();
  }

  #collectLater(): void {
    if (this.#isCollectScheduled) return;
    this.#isCollectScheduled = true;
    this.#environment.turn.collectLater(this);
  }

  collect(journal: Journal): void {
    this.#isCollectScheduled = false;
    if (!this.isRemoved) return this.#journal.collect(journal);
    this.messages.isJournalDirty = false;
    if (this.#journal.hasStored) journal.dropQueue(this.storageId);
  }

  committed(): void {
    this.#journal.committed();
    this.#paging.finishLeaving();
    if (this.messages.isJournalDirty) this.#collectLater();
  }
}
