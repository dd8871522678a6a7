// A queue: its definition, messages, consumers. Each message goes to one consumer. Messages lie in lanes,
// one per priority level; what they are bound to do by time, length and use is in files of its own.

import type { FieldTable } from '../../protocol/field-table.ts';
import { type AppliedPolicies, NO_POLICIES } from '../applied-policies.ts';
import type { Binding } from '../exchange/binding.ts';
import { type Intake, type IntakeOwner, PASSED } from '../intake.ts';
import type { Journal } from '../journal.ts';
import { asPersistent } from '../message/as-persistent.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { QueueCounts } from '../metrics/resource-counts.ts';
import { declaredTypeOf } from './arguments.ts';
import { activeConsumersOf, ConsumerDispatch } from './consumer-dispatch.ts';
import { Departures } from './departures.ts';
import { NEEDS_COMMIT, REJECTED, TAKEN } from './enqueue-outcome.ts';
import { type GroupDispatch, groupDispatchOf } from './group-dispatch.ts';
import type { QueueConsumer } from './queue-consumer.ts';
import type { QueueDefinition, QueueEnvironment, RecoveredStates } from './queue-definition.ts';
import type { QueueLane } from './queue-lane.ts';
import { QueueLanes } from './queue-lanes.ts';
import { QueueLimits } from './queue-limits.ts';
import type { QueueMessages } from './queue-messages.ts';
import { type QueueSettings, settingsOf } from './queue-settings.ts';
import type { QueueType } from './queue-types.ts';
import { ReadCallbacks } from './read-callbacks.ts';
import type { ReturnReason } from './retry-delay.ts';
import type { UndeliveredLetters } from './undelivered-letters.ts';

/** Of most queues. Topology keeps `bindings` and makes a set for the first one: nothing is added here. */
export const NO_BINDINGS = new Set<Binding>();

export class Queue implements QueueDefinition, IntakeOwner {
  readonly vhostName: string;
  readonly name: string;
  readonly isDurable: boolean;
  readonly isAutoDelete: boolean;
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  readonly storageId: number;
  readonly type: QueueType;
  bindings = NO_BINDINGS;
  /** What the arguments, and policies once there are any, ask for. */
  settings: QueueSettings;
  /** Those of the main lane: all of them without priorities. */
  readonly messages: QueueMessages;
  /** Kept by topology, which calls applySettings with what follows. */
  policies: AppliedPolicies = NO_POLICIES;
  readonly counts: QueueCounts = new QueueCounts(this);
  /** Undefined for almost all: see intake.ts. */
  intake: Intake | undefined = undefined;
  /** Dead letters that nobody took yet; kept by DeadLetterSink. */
  undelivered: UndeliveredLetters | undefined = undefined;
  /** True once deleted: late acknowledgements for it are void. */
  isRemoved = false;
  /** The lane of the message that take() found. */
  takenLane: QueueLane;

  readonly #environment: QueueEnvironment;
  readonly #lanes: QueueLanes;
  readonly #dispatch: ConsumerDispatch;
  readonly #groups: GroupDispatch | undefined;
  readonly #departures: Departures;
  readonly #limits: QueueLimits;
  readonly #readCallbacks = new ReadCallbacks();
  #isDispatchScheduled = false;
  #isCollectScheduled = false;
  /** Every message is taken in as it is: one lane, no TTL of the queue, nothing refused. */
  #isPlain = true;
  /** Limits or expiry have to be looked at when the queue changed, also without consumers. */
  #hasUpkeep = false;

  constructor(
    definition: QueueDefinition,
    environment: QueueEnvironment,
    recovered: RecoveredStates = () => undefined,
  ) {
    this.vhostName = definition.vhostName;
    this.name = definition.name;
    this.isDurable = definition.isDurable;
    this.isAutoDelete = definition.isAutoDelete;
    this.exclusiveOwner = definition.exclusiveOwner;
    this.arguments = definition.arguments;
    this.storageId = definition.storageId;
    this.#environment = environment;
    this.settings = settingsOf(definition.arguments);
    this.type = declaredTypeOf(definition.arguments);
    this.#lanes = new QueueLanes(this, this.settings, environment, recovered);
    this.takenLane = this.#lanes.main;
    this.messages = this.takenLane.messages;
    const active = activeConsumersOf(this.settings, this.type);
    this.#groups = groupDispatchOf(this.settings, this.messages, active);
    this.#dispatch = this.#groups ?? new ConsumerDispatch(active);
    this.#departures = new Departures(this, this.#groups, this.#lanes, environment);
    this.#limits = new QueueLimits(this, this.#departures, this.#lanes, environment);
    this.applySettings(this.settings);
    if (this.#lanes.isJournalDirty) this.#collectLater();
  }

  /** Takes effect on what the queue holds already; times of expiry that messages have stay. */
  applySettings(settings: QueueSettings): void {
    this.settings = settings;
    this.#limits.apply(settings);
    this.#environment.intakes.apply(this, settings.intake, (message) => this.#release(message));
    this.#isPlain =
      !this.#lanes.hasLevels &&
      this.#limits.isIntakePlain &&
      this.intake === undefined &&
      !this.type.persistsEverything;
    this.#hasUpkeep = this.#limits.areActive;
    this.#environment.deadLetters.settingsChanged(this);
    this.dispatchLater();
  }

  /** In use, highest priority first. */
  get lanes(): readonly QueueLane[] {
    return this.#lanes.fromHighest();
  }

  get readyCount(): number {
    return this.#lanes.readyCount;
  }

  get unackedCount(): number {
    return this.#lanes.unackedCount;
  }

  /** Messages that wait for their retry: neither ready nor unacked. */
  get waitingCount(): number {
    return this.#lanes.waitingCount;
  }

  get consumerCount(): number {
    return this.#dispatch.consumers.length;
  }

  get consumers(): readonly QueueConsumer[] {
    return this.#dispatch.consumers;
  }

  isActive(consumer: QueueConsumer): boolean {
    return this.#dispatch.isActive(consumer);
  }

  /** Takes a message at the tail: TAKEN, NEEDS_COMMIT or REJECTED. */
  enqueue(message: IncomingMessage): number {
    if (!this.#isPlain || message.needsTrailer) return this.#enqueueSpecial(message);
    const { messages } = this;
    const segments = messages.segments.length;
    messages.enqueue(message);
    if (messages.segments.length !== segments && messages.memory.isOverBudget) {
      this.#pageOut(this.#lanes.main);
    }
    return this.#taken(message, messages);
  }

  #enqueueSpecial(message: IncomingMessage): number {
    if (this.type.persistsEverything && !message.isPersistent) {
      return asPersistent(message, () => this.#enqueueSpecial(message));
    }
    if (this.#refuses(message)) return REJECTED;
    const taken = this.intake?.take(message) ?? PASSED;
    return taken === PASSED ? this.#append(message) : taken;
  }

  /** A message whose delay is over comes like a publish that nobody waits for. */
  #release(message: IncomingMessage): void {
    if (!this.#refuses(message)) this.#append(message);
  }

  #refuses(message: IncomingMessage): boolean {
    const isRefused = this.#limits.refuses(message);
    if (isRefused) this.#departures.refused(message);
    return isRefused;
  }

  #append(message: IncomingMessage): number {
    const lane = this.#lanes.of(message.priority);
    const { messages } = lane;
    const expiresAtMs = this.#limits.expiresAtMs(message);
    if (expiresAtMs !== 0) this.#hasUpkeep = true;
    const segments = messages.segments.length;
    if (expiresAtMs !== 0 || message.needsTrailer) {
      messages.enqueueWithTrailer(message, expiresAtMs);
    } else {
      messages.enqueue(message);
    }
    if (messages.segments.length !== segments && messages.memory.isOverBudget) this.#pageOut(lane);
    return this.#taken(message, messages);
  }

  #taken(message: IncomingMessage, messages: QueueMessages): number {
    if (!this.#isDispatchScheduled) this.dispatchLater();
    if (!message.isPersistent || !this.isDurable) return TAKEN;
    messages.isJournalDirty = true;
    this.#environment.turn.addUncommitted(message.contentEnd - message.contentStart);
    this.#collectLater();
    return NEEDS_COMMIT;
  }

  #pageOut(lane: QueueLane): void {
    const bytes = lane.paging.chooseLeaving();
    if (bytes === 0) return;
    this.#environment.turn.addUncommitted(bytes);
    this.#collectLater();
  }

  /** Delivers at the end of the turn, if there is something to deliver and someone to take it. */
  dispatchLater(): void {
    if (this.#isDispatchScheduled) return;
    if (this.#dispatch.consumers.length === 0 && !this.#hasUpkeep) return;
    if (this.#lanes.readyCount === 0) return;
    this.#isDispatchScheduled = true;
    this.#environment.turn.dispatchLater(this);
  }

  /** What the end of the turn would do happens now, so that counts are what a client expects. */
  catchUp(): void {
    if (this.#isDispatchScheduled && this.#hasUpkeep) this.dispatch();
  }

  dispatch(): void {
    this.#isDispatchScheduled = false;
    if (this.isRemoved) return;
    this.#limits.turnStarted();
    if (this.#lanes.isSingle) {
      this.#dispatchLane(this.#lanes.main);
    } else {
      // Strictly by level: a lane whose next messages are being read holds back those below it.
      for (const lane of this.#lanes.fromHighest()) if (!this.#dispatchLane(lane)) break;
    }
    if (this.#hasUpkeep) this.#keepUp();
  }

  /** False when ready messages are left. */
  #dispatchLane(lane: QueueLane): boolean {
    const deliveredEnd = lane.messages.deliveredEnd;
    const isDone = this.#dispatch.run(lane, this.#limits);
    this.#delivered(lane, deliveredEnd);
    return isDone;
  }

  #keepUp(): void {
    this.#limits.keepUp();
    if (this.#lanes.isJournalDirty) this.#collectLater();
    this.#hasUpkeep = this.#limits.areActive;
  }

  #delivered(lane: QueueLane, deliveredEndBefore: number): void {
    const { messages } = lane;
    // What waits for its expiry only is left on the disk until then, see MessageTtl.
    const isAsked = this.consumerCount > 0 || lane.recoveredExpiresAtMs === 0;
    if (messages.cold !== undefined && isAsked) this.readThenDispatch(lane);
    // Stored messages that are out for the first time must come back as redelivered after a crash.
    const isFirst = messages.deliveredEnd !== deliveredEndBefore;
    if (isFirst && this.isDurable && messages.storedCount > 0) messages.isJournalDirty = true;
    if (messages.isJournalDirty) this.#collectLater();
  }

  readThenDispatch(lane: QueueLane): void {
    lane.paging.readAhead(() => {
      this.dispatchLater();
      if (lane.messages.isJournalDirty) this.#collectLater();
      this.#readCallbacks.run();
    });
  }

  /** Calls back once the next messages of the cold span are in memory (see needsCold). */
  whenRead(callback: () => void): void {
    this.#readCallbacks.add(callback);
    this.readThenDispatch(this.takenLane);
  }

  /** Takes one message for basic.get; the result is in takenLane.messages.taken*. */
  take(): boolean {
    this.#limits.used();
    this.catchUp();
    const lane = this.#lanes.head;
    if (lane === undefined) return false;
    this.takenLane = lane;
    // What comes to the head may have expired behind what leaves.
    if (this.#hasUpkeep) this.dispatchLater();
    const deliveredEnd = lane.messages.deliveredEnd;
    const isAlive = !lane.messages.mayExpire || this.#limits.ttl.dropExpired(lane, true);
    const isTaken = isAlive && (this.#groups?.take(lane, this.#limits) ?? lane.messages.take());
    if (isTaken && lane.messages.mayExpire) this.#limits.ttl.dropExpiredBehindTaken(lane);
    this.#delivered(lane, deliveredEnd);
    if (this.#lanes.readyCount === 0) this.#limits.emptied();
    const isNextAsked = !isTaken && isAlive && lane.messages.readyCount === 0;
    return isTaken || (isNextAsked && this.#lanes.readyCount > 0 && this.take());
  }

  /** Settles what take() found, at once (basic.get with no-ack). */
  settleTaken(): void {
    this.settle(this.takenLane.messages.takenPosition + this.takenLane.positionOffset);
  }

  /** True when the next ready message has to be read from the disk first. */
  get needsCold(): boolean {
    return this.#groups?.needsCold ?? this.takenLane.messages.needsCold;
  }

  /** Settles a delivered message for good. Void when the queue is gone. */
  settle(position: number): void {
    if (this.isRemoved) return;
    const { messages, positionOffset } = this.#lanes.at(position);
    const segment = messages.find(position - positionOffset);
    if (this.#groups !== undefined) {
      this.#groups.settled(segment, position - segment.base);
      // Its group may go to others than the consumer that settled it.
      this.dispatchLater();
    }
    messages.settleAt(segment, position - positionOffset - segment.base);
    if (messages.isJournalDirty) this.#collectLater();
  }

  /** Settles a message that its consumer refused: it becomes a dead letter. Void when the queue is gone. */
  reject(position: number): void {
    if (this.isRemoved) return;
    const lane = this.#lanes.at(position);
    this.#departures.drop(lane, position - lane.positionOffset, 'rejected');
  }

  /** A consumer gives a delivered message back. Void when the queue is gone. */
  requeue(position: number, reason: ReturnReason): void {
    if (this.isRemoved) return;
    const lane = this.#lanes.at(position);
    this.#departures.giveBack(lane, position - lane.positionOffset, reason);
    if (lane.messages.isJournalDirty) this.#collectLater();
    this.dispatchLater();
  }

  /** x-expires: nobody used it for long enough. */
  expired(): void {
    this.#environment.queueExpired(this);
  }

  addConsumer(consumer: QueueConsumer): void {
    this.#limits.used();
    this.#dispatch.add(consumer);
    this.dispatchLater();
  }

  removeConsumer(consumer: QueueConsumer): void {
    if (!this.#dispatch.remove(consumer)) return;
    // The next single active consumer takes over.
    this.dispatchLater();
    this.#limits.used();
    if (this.isAutoDelete && this.consumerCount === 0 && !this.isRemoved) {
      this.#environment.queueUnused(this);
    }
  }

  /** It was declared again. */
  used(): void {
    this.#limits.used();
    this.catchUp();
  }

  /** Drops all messages but unacked ones; returns how many. */
  purge(): number {
    this.catchUp();
    const count = this.#departures.purgeWaiting() + this.#lanes.purge();
    this.undelivered?.purge();
    this.#limits.emptied();
    if (this.#lanes.isJournalDirty) this.#collectLater();
    return count;
  }

  /** Ends the incarnation: cancels consumers, drops all messages and the journal state. */
  remove(): void {
    if (this.isRemoved) return;
    this.isRemoved = true;
    for (const consumer of [...this.#dispatch.consumers]) consumer.queueRemoved();
    this.#dispatch.clear();
    this.#limits.stop();
    this.#departures.stop();
    this.#lanes.removeAll();
    this.intake?.drop();
    this.undelivered?.drop();
    this.#collectLater();
    this.#readCallbacks.run();
  }

  #collectLater(): void {
    if (this.#isCollectScheduled) return;
    this.#isCollectScheduled = true;
    this.#environment.turn.collectLater(this);
  }

  collect(journal: Journal): void {
    this.#isCollectScheduled = false;
    if (this.isRemoved) this.#lanes.drop(journal);
    else this.#lanes.collect(journal);
  }

  committed(): void {
    this.#lanes.committed();
    if (this.#lanes.isJournalDirty) this.#collectLater();
  }
}
