// tx mode of one channel: publishes and acknowledgements since the last commit. Queues are resolved at
// publish time, everything takes effect at tx.commit: publishes first, then acknowledgements. What passes
// an exchange with an intake is routed at the commit.

import type { Exchange } from '../exchange/exchange.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { RECORD_HEAD_BYTES } from '../message/record.ts';
import type { Queue } from '../queue/queue.ts';
import { type DeliveryOwner, type Settlement, settleDelivery } from './unacked-deliveries.ts';

interface PendingPublish {
  readonly record: Buffer;
  readonly isPersistent: boolean;
  readonly priority: number;
  readonly expirationMs: number;
  readonly hiddenKeys: Buffer | undefined;
  readonly bodyBytes: number;
  readonly route: PendingRoute;
}

export interface PendingRoute {
  readonly exchange: Exchange;
  readonly targets: readonly Queue[];
  readonly isMandatory: boolean;
  /** Given when it is routed at the commit, by these. */
  readonly keys: readonly string[] | undefined;
}

/** What a publish is routed by at the commit. */
export interface LateRoute {
  readonly exchange: Exchange;
  readonly keys: readonly string[];
}

/** What the commit does with one publish. */
export interface TransactionSink {
  enqueue(exchange: Exchange, targets: readonly Queue[], isMandatory: boolean): void;
  publishLate(late: LateRoute, isMandatory: boolean): void;
}

interface PendingSettle {
  readonly tag: number;
  readonly owner: DeliveryOwner;
  readonly position: number;
  readonly settlement: Settlement;
}

export class Transaction {
  #publishes: PendingPublish[] = [];
  #settles: PendingSettle[] = [];

  /** Publishes that wait for the commit. */
  get publishCount(): number {
    return this.#publishes.length;
  }

  /** Acknowledgements that wait for the commit. */
  get settleCount(): number {
    return this.#settles.length;
  }

  publish(record: Buffer, message: IncomingMessage, route: PendingRoute): void {
    const { isPersistent, priority, expirationMs, hiddenKeys, bodyBytes } = message;
    const described = { isPersistent, priority, expirationMs, hiddenKeys, bodyBytes };
    this.#publishes.push({ record, ...described, route });
  }

  settle(tag: number, owner: DeliveryOwner, position: number, settlement: Settlement): void {
    this.#settles.push({ tag, owner, position, settlement });
  }

  /** Applies everything. `message`, shared by the node, describes each publish as `sink` gets it. */
  commit(message: IncomingMessage, sink: TransactionSink): void {
    const publishes = this.#publishes;
    const settles = this.#settles;
    this.#publishes = [];
    this.#settles = [];
    for (const publish of publishes) {
      describe(message, publish);
      const { exchange, targets, isMandatory, keys } = publish.route;
      if (keys !== undefined) {
        sink.publishLate({ exchange, keys }, isMandatory);
      } else {
        const left = targets.filter((queue) => !queue.isRemoved);
        sink.enqueue(exchange, left, isMandatory && targets.length === 0);
      }
    }
    for (const { owner, position, settlement } of settles)
      settleDelivery(owner, position, settlement);
  }

  /** Forgets the publishes and returns the acknowledgements, to be undone. */
  rollback(): { tags: number[]; owners: DeliveryOwner[]; positions: number[] } {
    const settles = this.#settles;
    this.#publishes = [];
    this.#settles = [];
    return {
      tags: settles.map((settle) => settle.tag),
      owners: settles.map((settle) => settle.owner),
      positions: settles.map((settle) => settle.position),
    };
  }
}

function describe(message: IncomingMessage, publish: PendingPublish): void {
  const record = publish.record;
  const namesStart = RECORD_HEAD_BYTES;
  const exchangeBytes = 1 + (record[namesStart] as number);
  const keyBytes = 1 + (record[namesStart + exchangeBytes] as number);
  message.buffer = record;
  message.namesStart = namesStart;
  message.namesEnd = namesStart + exchangeBytes + keyBytes;
  message.contentStart = message.namesEnd;
  message.contentEnd = record.length;
  message.bodyBytes = publish.bodyBytes;
  message.describe(publish.isPersistent, publish.priority);
  message.expirationMs = publish.expirationMs;
  message.hiddenKeys = publish.hiddenKeys;
  message.needsTrailer = publish.expirationMs >= 0 || publish.hiddenKeys !== undefined;
  message.record = undefined;
}
