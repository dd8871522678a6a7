// Messages that the broker itself publishes (firehose, events). They leave at the end of the turn: what
// they tell of may be in the middle of a delivery, which no enqueue may disturb.

import { ByteWriter } from '../protocol/byte-writer.ts';
import { encodeContentHeader, type MessageProperties } from '../protocol/content-header.ts';
import { FRAME_END, FRAME_HEADER } from '../protocol/frame-constants.ts';
import type { Routing } from './exchange/route.ts';
import { PublishedMessage } from './exchange/routed-message.ts';
import { IncomingMessage, LARGE_RECORD_BYTES } from './message/incoming-message.ts';
import { recordOf } from './message/message-record.ts';
import type { Queue } from './queue/queue.ts';
import type { Dispatchable, Turn } from './turn.ts';
import type { VirtualHost } from './vhost/vhost.ts';

/** A message of the broker's own. */
export interface OwnMessage {
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: MessageProperties;
  readonly bodyBytes: number;
  /** The body as whole frames, one after the other. */
  readonly bodyFrames: Buffer;
}

export const NO_BODY = { bodyBytes: 0, bodyFrames: Buffer.alloc(0) } as const;

export class BrokerPublisher implements Dispatchable {
  readonly #turn: Turn;
  readonly #routing: Routing;
  #pending: { readonly vhost: VirtualHost; readonly message: OwnMessage }[] = [];

  constructor(turn: Turn, routing: Routing) {
    this.#turn = turn;
    this.#routing = routing;
  }

  /** The buffers of the message must stay as they are until the end of the turn. */
  publish(vhost: VirtualHost, message: OwnMessage): void {
    this.#pending.push({ vhost, message });
    if (this.#pending.length === 1) this.#turn.dispatchLater(this);
  }

  dispatch(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { vhost, message } of pending) this.#enqueue(vhost, message);
  }

  #enqueue(vhost: VirtualHost, own: OwnMessage): void {
    const exchange = vhost.exchanges.get(own.exchange);
    if (exchange === undefined) return;
    const message = incomingOf(own);
    const targets: Queue[] = [];
    const routed = new PublishedMessage(message, [own.routingKey]);
    this.#routing.route(vhost, exchange, routed, targets);
    if (targets.length === 0) return;
    if (message.contentEnd - message.contentStart >= LARGE_RECORD_BYTES) {
      message.record = recordOf(message);
    }
    for (const queue of targets) queue.enqueue(message);
  }
}

/** The message as a publish would describe it. */
export function incomingOf(own: OwnMessage): IncomingMessage {
  const writer = new ByteWriter();
  writer.shortString(own.exchange);
  writer.shortString(own.routingKey);
  const namesEnd = writer.position;
  writer.octet(FRAME_END);
  writer.octet(FRAME_HEADER);
  // Whatever channel: each delivery writes its own.
  writer.short(0);
  const sizeAt = writer.reserve(4);
  encodeContentHeader(writer, own.bodyBytes, own.properties);
  writer.patchLong(sizeAt, writer.position - sizeAt - 4);
  writer.octet(FRAME_END);
  writer.octets(own.bodyFrames);
  const message = new IncomingMessage();
  message.buffer = writer.take();
  message.namesEnd = namesEnd;
  message.contentStart = namesEnd;
  message.contentEnd = message.buffer.length;
  message.bodyBytes = own.bodyBytes;
  message.describe(own.properties.deliveryMode === 2, own.properties.priority ?? -1);
  return message;
}
