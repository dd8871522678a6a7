// What can be seen at the edge of the broker, in one total order: the frames it took in and gave out,
// the ends of connections, turns, commits, crashes. The auditor judges nothing but this.

import type { Method } from '../../src/protocol/generated/methods.ts';

export interface Content {
  readonly body: Buffer;
  readonly isPersistent: boolean;
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
  | { readonly kind: 'turnEnded' }
  | { readonly kind: 'commitStarted' }
  | { readonly kind: 'commitDurable' }
  | { readonly kind: 'crashed' }
  /** Nothing is under way: all replies, confirms and deliveries that can leave have left. */
  | { readonly kind: 'quiet' };

/** Test messages begin with their id: `<id>|filler`. */
export function messageId(body: Buffer): string {
  const end = body.indexOf('|');
  return end < 0 ? body.toString('latin1', 0, 40) : body.toString('latin1', 0, end);
}
