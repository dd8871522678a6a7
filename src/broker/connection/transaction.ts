// tx mode of one channel: publishes and acknowledgements since the last commit. Queues are resolved at
// publish time, everything takes effect at tx.commit: publishes first, then acknowledgements.

import type { IncomingMessage } from '../message/incoming-message.ts';
import { RECORD_HEAD_BYTES } from '../message/record.ts';
import type { Queue } from '../queue/queue.ts';
import type { DeliveryOwner } from './unacked-deliveries.ts';

interface PendingPublish {
  readonly record: Buffer;
  readonly isPersistent: boolean;
  readonly bodyBytes: number;
  readonly targets: readonly Queue[];
  readonly isMandatory: boolean;
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
    message: IncomingMessage,
    targets: readonly Queue[],
    isMandatory: boolean,
  ): void {
    const { isPersistent, bodyBytes } = message;
    this.#publishes.push({ record, isPersistent, bodyBytes, targets, isMandatory });
  }

  settle(tag: number, owner: DeliveryOwner, position: number, isRequeue: boolean): void {
    this.#settles.push({ tag, owner, position, isRequeue });
  }

  /**
   * Applies everything. `enqueue` gets the shared message of the node for each publish whose queues
   * still exist.
   */
  commit(
    message: IncomingMessage,
    enqueue: (targets: readonly Queue[], isMandatory: boolean) => void,
  ): void {
    const publishes = this.#publishes;
    const settles = this.#settles;
    this.#publishes = [];
    this.#settles = [];
    for (const publish of publishes) {
      describe(message, publish);
      enqueue(
        publish.targets.filter((queue) => !queue.isRemoved),
        publish.isMandatory && publish.targets.length === 0,
      );
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
  message.isPersistent = publish.isPersistent;
  message.record = undefined;
}
