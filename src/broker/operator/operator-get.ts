// Messages fetched for an operator, as basic.get would: all are taken first, then each is settled as it
// was asked, so that none comes twice.

import type { Actor } from '../actor.ts';
import type { BrokerNode } from '../broker-node.ts';
import { requireGettable } from '../connection/handlers/basic-get.ts';
import { contentOfRecord, type RecordContent } from '../message/record-content.ts';
import type { Queue } from '../queue/queue.ts';
import { requirePermission } from '../vhost/permissions.ts';
import type { VirtualHost } from '../vhost/vhost.ts';

/** Beyond, fewer messages are fetched than were asked for. */
const BYTES_MAX = 64 << 20;

/** What becomes of a message that was fetched. */
export type Afterwards = 'settle' | 'requeue' | 'reject';

export interface GetRequest {
  readonly queue: string;
  readonly count: number;
  readonly afterwards: Afterwards;
  /** Of each body no more is copied. */
  readonly bodyBytesMax: number;
}

export interface FetchedMessage {
  readonly content: RecordContent;
  readonly isRedelivered: boolean;
  /** Ready messages behind it. */
  readonly leftCount: number;
}

/** Throws AmqpError. Calls back at once, unless messages have to be read from the disk first. */
export function getAs(
  node: BrokerNode,
  actor: Actor,
  vhost: VirtualHost,
  request: GetRequest,
  callback: (messages: readonly FetchedMessage[]) => void,
): void {
  requirePermission(node.access, actor, vhost.name, 'read', 'queue', request.queue);
  const queue = node.topology.checkQueue(actor, vhost, request.queue);
  requireGettable(queue);
  new Fetch(queue, request, callback).run();
}

class Fetch {
  readonly #queue: Queue;
  readonly #request: GetRequest;
  readonly #callback: (messages: readonly FetchedMessage[]) => void;
  readonly #messages: FetchedMessage[] = [];
  readonly #positions: number[] = [];
  #bytes = 0;

  constructor(
    queue: Queue,
    request: GetRequest,
    callback: (messages: readonly FetchedMessage[]) => void,
  ) {
    this.#queue = queue;
    this.#request = request;
    this.#callback = callback;
  }

  run(): void {
    const queue = this.#queue;
    const { count } = this.#request;
    while (this.#messages.length < count && this.#bytes < BYTES_MAX && !queue.isRemoved) {
      if (queue.take()) this.#taken();
      else if (queue.needsCold) return queue.whenRead(() => this.run());
      else break;
    }
    this.#finish();
  }

  #taken(): void {
    const queue = this.#queue;
    const { messages, positionOffset } = queue.takenLane;
    const { takenSegment, takenIndex, takenPosition, takenRedelivered } = messages;
    const offset = takenSegment.offsets[takenIndex] as number;
    const content = contentOfRecord(takenSegment.slab, offset, this.#request.bodyBytesMax);
    this.#bytes += takenSegment.recordBytes(takenIndex);
    this.#positions.push(takenPosition + positionOffset);
    this.#messages.push({
      content,
      isRedelivered: takenRedelivered,
      leftCount: queue.readyCount,
    });
  }

  #finish(): void {
    const queue = this.#queue;
    const { afterwards, count } = this.#request;
    const messages = this.#messages;
    queue.counts.fetchedByOperator({
      isSettled: afterwards === 'settle',
      count: messages.length,
      redeliveredCount: messages.filter(({ isRedelivered }) => isRedelivered).length,
      isEmpty: messages.length === 0 && count > 0,
    });
    for (const position of this.#positions) {
      if (afterwards === 'settle') queue.settle(position);
      else if (afterwards === 'reject') queue.reject(position);
      else queue.requeue(position, 'returned');
    }
    this.#callback(messages);
  }
}
