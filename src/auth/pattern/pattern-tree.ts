// A pattern as a tree: what the parser makes and the program is made from. Whether a repetition is
// greedy is not kept: the only question ever asked is whether there is a match.

import type { CharacterSet } from './character-set.ts';

/** What holds at a position between two characters. */
export type PlaceName =
  | 'start'
  | 'end'
  | 'end or last line feed'
  | 'line start'
  | 'line end'
  | 'word boundary'
  | 'no word boundary';

export interface Lookaround {
  readonly kind: 'lookaround';
  readonly isBehind: boolean;
  readonly isNegated: boolean;
  readonly body: PatternNode;
}

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | {
      readonly kind: 'repeat';
      readonly body: PatternNode;
      readonly min: number;
      /** Infinity: without end. */
      readonly max: number;
    }
  | { readonly kind: 'place'; readonly place: PlaceName }
  | Lookaround;
