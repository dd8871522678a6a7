// The last messages of one exchange, oldest first: bounded in number by the exchange, in bytes by us.
// In memory only, as RabbitMQ keeps it: a restart begins with an empty history.

import type { IncomingMessage } from '../message/incoming-message.ts';
import { keptCopy } from '../message/message-record.ts';

/** Beside the bytes of a message: its object and its place in the list. */
const OVERHEAD_BYTES = 256;
/** Places of messages that left, before the list is cut. */
const GAP_MAX = 64;

export class RecentHistory {
  readonly #lengthMax: number;
  readonly #bytesMax: number;
  #messages: (IncomingMessage | undefined)[] = [];
  /** Index of the oldest message: taking from the front of an array costs its length. */
  #first = 0;
  #bytes = 0;

  constructor(lengthMax: number, bytesMax: number) {
    this.#lengthMax = lengthMax;
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#messages.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy; the oldest messages make room for it. One above the bound empties the history. */
  keep(message: IncomingMessage): void {
    const copy = keptCopy(message);
    this.#messages.push(copy);
    this.#bytes += bytesOf(copy);
    while (this.length > this.#lengthMax || this.#bytes > this.#bytesMax) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#bytes -= bytesOf(this.#messages[this.#first] as IncomingMessage);
    this.#messages[this.#first++] = undefined;
    if (this.#first <= GAP_MAX || this.#first * 2 < this.#messages.length) return;
    this.#messages = this.#messages.slice(this.#first);
    this.#first = 0;
  }

  /** The messages as they are now: a replay may itself add to the history. */
  oldestFirst(): IncomingMessage[] {
    return this.#messages.slice(this.#first) as IncomingMessage[];
  }
}

function bytesOf(message: IncomingMessage): number {
  return message.buffer.length + OVERHEAD_BYTES;
}
