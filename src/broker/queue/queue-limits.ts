// What bounds a queue in time, length and use, each made when the queue first asks for it: most
// queues ask for none, and a node may have a hundred thousand of them.

import type { Clock } from '../clock.ts';
import type { Deadlines } from '../deadlines.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import type { Turn } from '../turn.ts';
import type { Departures } from './departures.ts';
import { type Bounded, MaxLength } from './max-length.ts';
import { type Expirable, MessageTtl } from './message-ttl.ts';
import { QueueExpires } from './queue-expires.ts';
import type { QueueLanes } from './queue-lanes.ts';
import type { QueueSettings } from './queue-settings.ts';

export interface LimitsEnvironment {
  readonly turn: Turn;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** A queue as its limits see it. */
export interface Limited extends Bounded, Expirable {
  readonly consumerCount: number;
  /** Delivers now what would be delivered at the end of the turn. */
  catchUp(): void;
  /** x-expires: nobody used it for long enough. */
  expired(): void;
}

export class QueueLimits {
  readonly #queue: Limited;
  readonly #departures: Departures;
  readonly #lanes: QueueLanes;
  readonly #environment: LimitsEnvironment;
  #ttl: MessageTtl | undefined;
  #maxLength: MaxLength | undefined;
  #expires: QueueExpires | undefined;

  constructor(
    queue: Limited,
    departures: Departures,
    lanes: QueueLanes,
    environment: LimitsEnvironment,
  ) {
    this.#queue = queue;
    this.#departures = departures;
    this.#lanes = lanes;
    this.#environment = environment;
  }

  apply(settings: QueueSettings): void {
    const { messageTtlMs, maxLength, maxLengthBytes, expiresMs } = settings;
    if (this.#ttl !== undefined || messageTtlMs !== undefined) this.ttl.ttlMs = messageTtlMs;
    if (maxLength !== undefined || maxLengthBytes !== undefined) {
      this.#maxLength ??= new MaxLength(this.#queue, this.#departures, this.#lanes);
    }
    this.#maxLength?.apply(settings);
    this.#lanes.countUnackedBytes(this.#maxLength?.countsBytes === true);
    if (expiresMs !== undefined) this.#expires ??= this.#createExpires();
    this.#expires?.apply(expiresMs);
  }

  #createExpires(): QueueExpires {
    const { clock, deadlines } = this.#environment;
    const queue = this.#queue;
    return new QueueExpires(
      clock,
      deadlines,
      () => queue.consumerCount > 0,
      () => queue.expired(),
    );
  }

  get ttl(): MessageTtl {
    const { turn, deadlines } = this.#environment;
    this.#ttl ??= new MessageTtl(this.#queue, this.#departures, turn, deadlines);
    return this.#ttl;
  }

  /** True when a message is taken in as it is, whatever it says of itself. */
  get isIntakePlain(): boolean {
    return this.#ttl?.ttlMs === undefined && this.#maxLength?.rejects !== true;
  }

  /** True when they have to be looked at whenever the queue changed. */
  get areActive(): boolean {
    return (
      this.#maxLength?.isSet === true || this.#ttl?.ttlMs !== undefined || this.#lanes.mayExpire
    );
  }

  /** The queue is too long for the message, also after its consumers took what they can. */
  refuses(message: IncomingMessage): boolean {
    const limit = this.#maxLength;
    if (limit?.rejects !== true || !limit.wouldOverflow(message)) return false;
    this.#queue.catchUp();
    return limit.wouldOverflow(message);
  }

  /** When a message that arrives now expires, by the wall clock; 0 = never. */
  expiresAtMs(message: IncomingMessage): number {
    if (message.expirationMs < 0 && this.#ttl?.ttlMs === undefined) return 0;
    return this.ttl.expiresAtMs(message);
  }

  turnStarted(): void {
    this.#ttl?.turnStarted();
  }

  /** End of the queue's turn, after its consumers had their chance. */
  keepUp(): void {
    this.#maxLength?.keepUp();
    for (const lane of this.#lanes.fromHighest()) {
      if (lane.messages.mayExpire) this.ttl.keepUp(lane);
    }
    if (this.#lanes.readyCount === 0) this.emptied();
  }

  /** Nothing is ready: there is no head that could expire. */
  emptied(): void {
    this.#ttl?.stop();
  }

  used(): void {
    this.#expires?.used();
  }

  /** The queue is gone. */
  stop(): void {
    this.#expires?.stop();
    this.#ttl?.stop();
  }
}
