// Runs a pattern's automaton over a name: all ways at once, one character at a time, so that the steps
// are at most characters times instructions, whatever the pattern. Invariant: nothing is ever tried twice.

import { lineFeed, wordCharacter } from './character-set.ts';
import {
  FORK,
  LOOK,
  MATCH,
  type PatternProgram,
  PLACE,
  type Program,
  SET,
} from './pattern-program.ts';
import type { PlaceName } from './pattern-tree.ts';

/** One search of one name. */
export class PatternSearch {
  readonly #pattern: PatternProgram;
  readonly #characters: readonly number[];
  /** Per lookaround and position: whether it holds there. */
  readonly #holds: boolean[][] = [];
  /** Instructions looked at: what the time goes with. */
  steps = 0;
  /** Per instruction: the position at which it was reached last. */
  #reachedAt = new Int32Array(0);
  readonly #pending: number[] = [];
  /** A match was reached at the position that comes next. */
  #isMatchAhead = false;

  constructor(pattern: PatternProgram, name: string) {
    this.#pattern = pattern;
    this.#characters = Array.from(name, (character) => character.codePointAt(0) as number);
  }

  /** True when the pattern matches somewhere in the name. */
  run(): boolean {
    for (const { program, isForward, isNegated } of this.#pattern.lookarounds) {
      const found = Array.from({ length: this.#characters.length + 1 }, () => isNegated);
      this.#scan(program, isForward, (position) => {
        found[position] = !isNegated;
        return false;
      });
      this.#holds.push(found);
    }
    return this.#scan(this.#pattern.main, true, () => true);
  }

  /**
   * Begins at every position and follows all ways in the direction. `matched` hears of each position
   * at which a match ends, and ends the scan with true.
   */
  #scan(program: Program, isForward: boolean, matched: (position: number) => boolean): boolean {
    const end = this.#characters.length;
    const isAnchored = isForward && this.#beginsAtStart(program);
    this.#reachedAt = new Int32Array(program.codes.length).fill(-1);
    let places: number[] = [];
    for (let offset = 0; offset <= end; offset++) {
      const position = isForward ? offset : end - offset;
      const isMatch = this.#follow(program, program.start, position, places) || this.#isMatchAhead;
      this.#isMatchAhead = false;
      if (isMatch && matched(position)) return true;
      if (offset === end || (isAnchored && places.length === 0)) break;
      const character = this.#characters[isForward ? position : position - 1] as number;
      const nextPosition = isForward ? position + 1 : position - 1;
      places = this.#consume(program, places, character, nextPosition);
    }
    return false;
  }

  /** Nothing can begin anywhere but at the first position. */
  #beginsAtStart({ codes, arguments: places, start }: Program): boolean {
    return codes[start] === PLACE && this.#pattern.places[places[start] as number] === 'start';
  }

  /** The instructions that wait for a character after this one was consumed. */
  #consume(program: Program, places: readonly number[], character: number, to: number): number[] {
    const { sets } = this.#pattern;
    const reached: number[] = [];
    for (let i = 0; i < places.length; i++) {
      const at = places[i] as number;
      this.steps++;
      if (sets[program.arguments[at] as number]?.has(character) !== true) continue;
      if (this.#follow(program, program.next[at] as number, to, reached)) {
        this.#isMatchAhead = true;
      }
    }
    return reached;
  }

  /** Adds to `places` what can be reached without a character; true when a match is reached. */
  #follow(program: Program, from: number, position: number, places: number[]): boolean {
    const pending = this.#pending;
    const reachedAt = this.#reachedAt;
    let isMatch = false;
    pending.push(from);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      this.steps++;
      if (reachedAt[at] === position) continue;
      reachedAt[at] = position;
      const argument = program.arguments[at] as number;
      switch (program.codes[at]) {
        case SET:
          places.push(at);
          continue;
        case MATCH:
          isMatch = true;
          continue;
        case FORK:
          pending.push(argument);
          break;
        case PLACE:
          if (!this.#isAt(this.#pattern.places[argument] as PlaceName, position)) continue;
          break;
        case LOOK:
          if (this.#holds[argument]?.[position] !== true) continue;
          break;
      }
      pending.push(program.next[at] as number);
    }
    return isMatch;
  }

  #isAt(place: PlaceName, position: number): boolean {
    const characters = this.#characters;
    const end = characters.length;
    switch (place) {
      case 'start':
        return position === 0;
      case 'end':
        return position === end;
      case 'end or last line feed':
        return position === end || (position === end - 1 && this.#isLineFeed(position));
      case 'line start':
        return position === 0 || this.#isLineFeed(position - 1);
      case 'line end':
        return position === end || this.#isLineFeed(position);
      case 'word boundary':
        return this.#isWord(position - 1) !== this.#isWord(position);
      case 'no word boundary':
        return this.#isWord(position - 1) === this.#isWord(position);
    }
  }

  #isLineFeed(index: number): boolean {
    return lineFeed(this.#characters[index] as number);
  }

  #isWord(index: number): boolean {
    const character = this.#characters[index];
    return character !== undefined && wordCharacter(character);
  }
}
