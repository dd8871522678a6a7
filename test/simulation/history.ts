// What can be seen at the edge of the broker, in one total order: the frames it took in and gave out,
// the ends of connections, turns, commits, crashes. The auditor judges nothing but this.

import type { Method } from '../../src/protocol/generated/methods.ts';

export interface Content {
  readonly body: Buffer;
  readonly isPersistent: boolean;
  readonly priority?: number;
  readonly expirationMs?: number;
  /** Absent: no x-delivery-count. */
  readonly deliveryCount?: number;
  /** The entries of x-death, newest first; absent: no such header. */
  readonly deaths?: readonly SeenDeath[];
  /** All other headers, as plain values; absent: there are none. */
  readonly headers?: SeenHeaders;
}

export type SeenHeader = string | number | boolean | readonly SeenHeader[];
export type SeenHeaders = Readonly<Record<string, SeenHeader>>;

/** An entry of x-death. */
export interface SeenDeath {
  readonly queue: string;
  readonly reason: string;
  readonly count: number;
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  readonly timeSeconds: number;
  readonly originalExpiration: string | undefined;
}

export type HistoryEvent =
  | {
      readonly kind: 'received' | 'sent';
      readonly connection: number;
      readonly channel: number;
      readonly method: Method;
      /** Of basic.publish, basic.deliver, basic.get-ok and basic.return. */
      readonly content?: Content;
    }
  | { readonly kind: 'ended'; readonly connection: number }
  /** The broker was told that the socket takes no more, or takes more again. */
  | { readonly kind: 'congestion'; readonly connection: number; readonly isCongested: boolean }
  | { readonly kind: 'turnEnded' }
  | { readonly kind: 'commitStarted' }
  | { readonly kind: 'commitDurable' }
  | { readonly kind: 'crashed' }
  /** Nothing is under way: all replies, confirms and deliveries that can leave have left. */
  | { readonly kind: 'quiet' }
  /** Everything was taken out of the queues, and nobody publishes any more. */
  | { readonly kind: 'drained' };

/** Test messages begin with their id: `<id>|filler`. */
export function messageId(body: Buffer): string {
  const end = body.indexOf('|');
  return end < 0 ? body.toString('latin1', 0, 40) : body.toString('latin1', 0, end);
}
