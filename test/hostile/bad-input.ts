// THE table of hand-made bad input: bytes a client may send and what the broker must answer. Outcomes
// are RabbitMQ 3.10.8's (checked by bad-input-oracle.ts) except where `rabbit` says what it does instead.

import { BAD_CONTENT } from './bad-content.ts';
import { BAD_FRAMES } from './bad-frames.ts';
import { BAD_HANDSHAKES } from './bad-handshakes.ts';
import { BAD_LOGINS } from './bad-logins.ts';
import { BAD_METHODS } from './bad-methods.ts';
import { BAD_PROPERTY_ROWS } from './bad-properties.ts';
import { BAD_TABLES } from './bad-tables.ts';
import { BAD_VALUES } from './bad-values.ts';

/** How far the connection has come, in lockstep, before the bad bytes are sent. */
export type Stage = 'connected' | 'started' | 'tuned' | 'opening' | 'open' | 'channel';

export type Outcome =
  /** Eight octets of protocol header, then the end of the connection. */
  | { readonly end: 'header' }
  /** The connection ends without a close method. */
  | { readonly end: 'dropped' }
  /** connection.close; class and method are those of the offending method, or 0. */
  | {
      readonly end: 'connection';
      readonly code: number;
      readonly text: string | RegExp;
      readonly on?: readonly [number, number];
    }
  /** channel.close on channel 1; the connection goes on. */
  | {
      readonly end: 'channel';
      readonly code: number;
      readonly text: string | RegExp;
      readonly on?: readonly [number, number];
    }
  /** No error; the named methods came back on channel 1 (as far as they are listed, in order). */
  | { readonly end: 'tolerated'; readonly replies?: readonly (readonly [number, number])[] };

export interface BadInput {
  readonly name: string;
  readonly stage: Stage;
  readonly bytes: Buffer;
  readonly expected: Outcome;
  /** What RabbitMQ 3.10.8 does where we chose better; `unchecked` where it cannot be asked. */
  readonly rabbit?: Outcome | 'unchecked';
  /** The peer resets the connection right behind the bytes; only others can tell the outcome. */
  readonly isReset?: true;
}

export const BAD_INPUT: readonly BadInput[] = [
  ...BAD_HANDSHAKES,
  ...BAD_LOGINS,
  ...BAD_FRAMES,
  ...BAD_TABLES,
  ...BAD_METHODS,
  ...BAD_VALUES,
  ...BAD_CONTENT,
  ...BAD_PROPERTY_ROWS,
];
