// Judges a history: keeps a model of what the broker must hold and says what may not have happened.
// It sees frames at the broker's edge only, never the broker's own state. Violations begin with a class:
// lost, unexpected, corrupt, duplicate, order, prefetch, confirm, reply, count, redelivered, stuck, expired,
// priority, death, group, delay,
// returns, consumer, timer.

import { CHANNEL_CLOSE } from '../../src/protocol/generated/methods.ts';
import { checkPriorities } from './auditor-consumers.ts';
import { accepted, checkDebts, expireQueues } from './auditor-deaths.ts';
import { checkEither, Either } from './auditor-duplicates.ts';
import { checkGroups, type GroupDelivery } from './auditor-groups.ts';
import { isCutOff, leaves, weaken } from './auditor-leaving.ts';
import { quiet } from './auditor-quiet.ts';
import { receive } from './auditor-received.ts';
import { send } from './auditor-sent.ts';
import { giveBack } from './auditor-settle.ts';
import { Coverage } from './coverage.ts';
import type { HistoryEvent } from './history.ts';
import {
  type ModelChannel,
  ModelConnection,
  type ModelConsumer,
  type ModelPublish,
} from './model-channel.ts';
import { ModelQueue, type PublishedMessage, type QueueEntry } from './model-queue.ts';
import { ModelTopology } from './model-topology.ts';

export class Auditor {
  readonly violations: string[] = [];
  readonly topology = new ModelTopology();
  readonly connections = new Map<number, ModelConnection>();
  readonly published = new Map<string, PublishedMessage>();
  /** The number of the event in work. */
  now = 0;
  /** The time of the event in work. */
  nowMs = 0;
  /** The number of the first event of this turn. */
  turnStartedAt = 0;
  /** Purged or deleted: they may have died before that, and be where that led them. */
  strays: QueueEntry[] = [];
  deliveryCount = 0;
  readonly coverage = new Coverage();
  readonly either = new Either();
  /** Of this turn. */
  groupDeliveries: GroupDelivery[] = [];
  /** Everything before this event is durable. */
  durableBefore = 0;
  #commitStartedAt = 0;
  /** Confirmed in this turn although not durable: to be judged at its end. */
  readonly #earlyConfirms: QueueEntry[] = [];
  readonly servedInTurn = new Set<ModelConsumer>();
  /** Queues that handed out a message for the first time in this turn. */
  readonly touched = new Set<ModelQueue>();
  /** Removed incarnations whose end may not be durable. */
  #removed: { queue: ModelQueue; at: number }[] = [];

  handle(event: HistoryEvent, nowMs = 0): void {
    this.now++;
    if (nowMs !== this.nowMs) {
      this.nowMs = nowMs;
      expireQueues(this);
    }
    switch (event.kind) {
      case 'received': {
        const connection = this.connection(event.connection);
        if (!connection.isClosed)
          receive(this, connection, event.channel, event.method, event.content);
        return;
      }
      case 'sent': {
        const connection = this.connection(event.connection);
        send(this, connection, event.channel, event.method, event.content);
        return;
      }
      case 'congestion': {
        const connection = this.connection(event.connection);
        connection.isCongested = event.isCongested;
        connection.congestionAt = this.now;
        return;
      }
      case 'ended':
        return this.endConnection(this.connection(event.connection));
      case 'turnEnded':
        return this.#endTurn();
      case 'commitStarted':
        this.#commitStartedAt = this.now;
        return;
      case 'commitDurable':
        return this.#commitDurable();
      case 'crashed':
        return this.#crash();
      case 'quiet':
        return quiet(this);
      case 'drained':
        checkDebts(this);
        return checkEither(this);
    }
  }

  violation(kind: string, text: string): void {
    this.violations.push(`${kind}: ${text}`);
  }

  connection(number: number): ModelConnection {
    let connection = this.connections.get(number);
    if (connection === undefined) {
      connection = new ModelConnection(number);
      this.connections.set(number, connection);
    }
    return connection;
  }

  isDurable(at: number): boolean {
    return at < this.durableBefore;
  }

  /** Why a publish may not be confirmed yet. */
  confirmProblem(publish: ModelPublish): string | undefined {
    const { id } = publish.message;
    if (publish.mustReturn) return `${id} was confirmed before it was returned`;
    for (const entry of publish.entries) {
      const { queue } = entry;
      // Of a duplicate it is the message that it repeats.
      const { isPersistent } = entry;
      accepted(this, entry);
      const mustStore =
        isPersistent &&
        !entry.mayLeave &&
        !entry.isDoubtful &&
        entry.state !== 'dead' &&
        queue.isDurable &&
        !queue.isRemoved &&
        entry.state !== 'gone';
      // It may have been settled in this turn, and the news of that still be on its way out.
      if (mustStore && !this.isDurable(entry.enqueuedAt)) this.#earlyConfirms.push(entry);
    }
    return undefined;
  }

  // ---- topology -------------------------------------------------------------------------------

  addQueue(queue: ModelQueue): void {
    this.topology.queues.set(queue.name, queue);
    queue.lastUsedMs = this.nowMs;
  }

  /** Deletes an incarnation; consumers on other channels will be told. */
  removeQueue(queue: ModelQueue): void {
    this.topology.removeQueue(queue);
    this.voidPredictions(queue);
    for (const consumer of queue.consumers) {
      consumer.channel.consumers.delete(consumer.tag);
      leaves(consumer);
      if (!consumer.channel.connection.isClosed) consumer.channel.cancels.add(consumer.tag);
    }
    queue.consumers.clear();
    queue.active = undefined;
    this.addStrays(queue, queue.entries);
    if (queue.isDurable && queue.owner === undefined) this.#removed.push({ queue, at: this.now });
  }

  addStrays(queue: ModelQueue, entries: readonly QueueEntry[]): void {
    if (queue.rules.deadLetterExchange === undefined) return;
    this.strays.push(...entries.filter(({ state }) => state !== 'unacked'));
  }

  /** Gets that wait for the disk may find something else than they would have found at once. */
  voidPredictions(queue: ModelQueue, purged: readonly QueueEntry[] = []): void {
    for (const connection of this.connections.values()) {
      for (const channel of connection.channels.values()) {
        for (const pending of channel.pendingGets) {
          if (pending.queue !== queue) continue;
          pending.mustFind = false;
          pending.purged = [...pending.purged, ...purged];
        }
      }
    }
  }

  consumerLeft(queue: ModelQueue): void {
    queue.lastUsedMs = this.nowMs;
    if (queue.isAutoDelete && queue.hadConsumer && queue.consumers.size === 0 && !queue.isRemoved) {
      this.removeQueue(queue);
    }
  }

  // ---- ends of channels and connections -------------------------------------------------------

  releaseChannel(channel: ModelChannel): void {
    for (const { delivery } of channel.txSettles) giveBack(this, delivery.entry, 'failed');
    for (const { entry } of channel.unacked) giveBack(this, entry, 'failed');
    channel.txSettles = [];
    channel.txPublishes = [];
    channel.unacked.length = 0;
    for (const consumer of channel.consumers.values()) {
      consumer.queue.removeConsumer(consumer);
      leaves(consumer);
      isCutOff(this, consumer);
      this.consumerLeft(consumer.queue);
    }
    channel.consumers.clear();
    this.#weakenPendingGets(channel);
  }

  /** The broker must close the channel with this code. */
  failChannel(channel: ModelChannel, replyCode: number): void {
    this.releaseChannel(channel);
    channel.isClosing = true;
    channel.expect(CHANNEL_CLOSE, (method) => {
      if (method.id !== CHANNEL_CLOSE || method.replyCode === replyCode) return undefined;
      return `closed with ${method.replyCode} ${method.replyText} instead of ${replyCode}`;
    });
  }

  /** A get whose answer nobody will see: its queue's head may be gone, or count as delivered. */
  #weakenPendingGets(channel: ModelChannel): void {
    for (const { queue, isNoAck } of channel.pendingGets) {
      queue.pendingGetCount--;
      weaken(this, queue, isNoAck);
    }
    channel.pendingGets.length = 0;
  }

  endConnection(connection: ModelConnection): void {
    if (connection.isClosed) return;
    connection.isClosed = true;
    for (const channel of connection.channels.values()) {
      if (!channel.isClosing) this.releaseChannel(channel);
    }
    for (const queue of [...this.topology.queues.values()]) {
      if (queue.owner === connection.number) this.removeQueue(queue);
    }
  }

  // ---- time -----------------------------------------------------------------------------------

  #checkEarlyConfirms(): void {
    for (const { message, queue, state } of this.#earlyConfirms) {
      if (state === 'gone' || queue.isRemoved) continue;
      this.violation(
        'confirm',
        `${message.id} was confirmed before it was durable in ${queue.name}`,
      );
    }
    this.#earlyConfirms.length = 0;
  }

  /** What was never delivered may not lie before what was (order of first deliveries). */
  #endTurn(): void {
    for (const connection of this.connections.values()) {
      connection.turnEnded(this.now);
      for (const channel of connection.channels.values()) channel.leaving.clear();
    }
    this.#checkEarlyConfirms();
    checkGroups(this);
    checkPriorities(this);
    for (const queue of this.touched) {
      const lastOf = (entry: QueueEntry): number => queue.firstDeliveredEnds.get(entry.level) ?? 0;
      const waiting = queue.entries.filter(
        (entry) =>
          entry.state === 'ready' &&
          entry.isSure &&
          entry.delivered === 'no' &&
          !entry.wasHeldBack &&
          entry.deaths.length === 0,
      );
      const late = waiting.find((entry) => entry.position < lastOf(entry));
      const high = waiting.find(
        ({ level, enqueuedAt }) => level > queue.lowestLevel && enqueuedAt < this.turnStartedAt,
      );
      queue.lowestLevel = Number.POSITIVE_INFINITY;
      queue.purgedInTurn = [];
      if (high !== undefined) {
        this.violation('priority', `${high.message.id} waits in ${queue.name} behind a lower one`);
      }
      if (late !== undefined) {
        this.violation('order', `${late.message.id} was overtaken in ${queue.name}`);
      }
      // Whatever was only possible before it is not there, or it would have come first.
      queue.entries = queue.entries.filter(
        (entry) =>
          entry.position > lastOf(entry) ||
          entry.isSure ||
          entry.mayLeave ||
          entry.queue.rules.deadLetterExchange !== undefined ||
          entry.deaths.length > 0 ||
          entry.heldUntilMs > 0 ||
          entry.state !== 'ready' ||
          entry.delivered !== 'no',
      );
    }
    this.touched.clear();
    this.turnStartedAt = this.now;
  }

  #commitDurable(): void {
    this.durableBefore = this.#commitStartedAt;
    for (const queue of this.topology.queues.values()) {
      queue.ghosts = queue.ghosts.filter((entry) => !this.isDurable(entry.goneAt));
    }
    this.#removed = this.#removed.filter(({ at }) => !this.isDurable(at));
  }

  #crash(): void {
    this.#checkEarlyConfirms();
    for (const connection of this.connections.values()) {
      if (!connection.isClosed) this.#forgetConnection(connection);
    }
    const queues = [...this.topology.queues.values()];
    for (const { queue } of this.#removed) {
      // Its removal may not have reached the disk.
      if (!this.topology.queues.has(queue.name))
        queues.push(new ModelQueue(queue.name, true, false, undefined));
    }
    this.topology.queues.clear();
    this.topology.crash((at) => this.isDurable(at));
    for (const queue of queues) {
      if (queue.isDurable && queue.owner === undefined) this.addQueue(this.#afterCrash(queue));
      else this.addStrays(queue, queue.entries);
    }
    this.#removed = [];
    this.groupDeliveries = [];
    this.servedInTurn.clear();
    this.touched.clear();
  }

  #forgetConnection(connection: ModelConnection): void {
    for (const channel of connection.channels.values()) {
      if (channel.isClosing) continue;
      this.#weakenPendingGets(channel);
    }
    connection.isClosed = true;
  }

  #afterCrash(before: ModelQueue): ModelQueue {
    const after = new ModelQueue(before.name, true, before.isAutoDelete, undefined);
    for (const { queue } of this.#removed) {
      if (queue.name !== before.name) continue;
      after.adopt([...queue.ghosts, ...queue.entries].map((entry) => this.#survivor(entry, false)));
    }
    const live = before.entries.filter((entry) => entry.isPersistent);
    const all = [...before.ghosts, ...live].sort((one, other) => one.position - other.position);
    after.adopt(all.map((entry) => this.#survivor(entry, entry.state !== 'gone')));
    after.noteRestart();
    after.window = before.window?.afterCrash((at) => this.isDurable(at));
    after.lastUsedMs = this.nowMs;
    after.wasGetLost = before.wasGetLost;
    after.isLossy = before.isLossy;
    after.gaveBack = true;
    after.mayExceed = true;
    return after;
  }

  #survivor(entry: QueueEntry, isLive: boolean): QueueEntry {
    const isStored = isLive && (entry.isConfirmed || this.isDurable(entry.takenInAt));
    const isSure = isStored && entry.isSure && !entry.mayLeave && entry.state !== 'dead';
    const isOwed = isStored && entry.isOwed;
    const wasOut = entry.delivered !== 'no';
    const isKnown = wasOut && this.isDurable(entry.deliveredAt) && entry.delivered === 'yes';
    // With groups, all below the last that was out counts as out.
    const mayCount = wasOut || entry.queue.rules.groupBy !== undefined;
    const delivered = isKnown ? 'yes' : mayCount ? 'maybe' : 'no';
    const isReleased = this.isDurable(entry.releasedAt);
    // The last returns may not have reached the disk.
    const returnedAt = entry.returnedAt.filter((at) => this.isDurable(at));
    return {
      ...entry,
      state: isReleased ? 'ready' : 'held',
      releasedAt: isReleased ? entry.releasedAt : Number.POSITIVE_INFINITY,
      wasHeldInCrash: entry.wasHeldInCrash || entry.state === 'held',
      hadEnded: entry.hadEnded || !isLive,
      isSure,
      isOwed,
      delivered,
      returnedAt,
      returnedMin: returnedAt.length,
      // What waited for its retry is ready.
      retryAtMs: 0,
    };
  }
}
