// tx mode of one channel: publishes and acknowledgements since the last commit. Queues are resolved at
// publish time, everything takes effect at tx.commit: publishes first, then acknowledgements. What passes
// an exchange with an intake is routed at the commit.

import type { Exchange } from '../exchange/exchange.ts';
import type { IncomingMessage } from '../message/incoming-message.ts';
import { describeRecord } from '../message/message-record.ts';
import type { Queue } from '../queue/queue.ts';
import type { DeliveryOwner } from './unacked-deliveries.ts';

interface PendingPublish {
  readonly record: Buffer;
  readonly targets: readonly Queue[];
  readonly isMandatory: boolean;
  readonly later: LateRoute | undefined;
}

/** What a publish is routed by at the commit. */
export interface LateRoute {
  readonly exchange: Exchange;
  readonly keys: readonly string[];
}

/** What the commit does with one publish. */
export interface TransactionSink {
  enqueue(targets: readonly Queue[], isMandatory: boolean): void;
  route(later: LateRoute, isMandatory: boolean): void;
}

interface PendingSettle {
  readonly tag: number;
  readonly owner: DeliveryOwner;
  readonly position: number;
  readonly isRequeue: boolean;
}

export class Transaction {
  #publishes: PendingPublish[] = [];
  #settles: PendingSettle[] = [];

  /** Acknowledgements that wait for the commit. */
  get settleCount(): number {
    return this.#settles.length;
  }

  publish(
    record: Buffer,
    targets: readonly Queue[],
    isMandatory: boolean,
    later?: LateRoute | undefined,
  ): void {
    this.#publishes.push({ record, targets, isMandatory, later });
  }

  settle(tag: number, owner: DeliveryOwner, position: number, isRequeue: boolean): void {
    this.#settles.push({ tag, owner, position, isRequeue });
  }

  /** Applies everything. `message`, shared by the node, describes each publish as `sink` gets it. */
  commit(message: IncomingMessage, sink: TransactionSink): void {
    const publishes = this.#publishes;
    const settles = this.#settles;
    this.#publishes = [];
    this.#settles = [];
    for (const publish of publishes) {
      const { record, targets, isMandatory, later } = publish;
      describeRecord(message, record);
      if (later !== undefined) sink.route(later, isMandatory);
      else {
        const left = targets.filter((queue) => !queue.isRemoved);
        sink.enqueue(left, isMandatory && targets.length === 0);
      }
    }
    for (const { owner, position, isRequeue } of settles) {
      if (isRequeue) owner.requeue(position);
      else owner.settle(position);
    }
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
