// A pattern as an automaton: instructions that each have one or two successors. Lookarounds become
// programs of their own, so that each is run once over a name and not once per attempt.

import type { CharacterSet } from './character-set.ts';
import type { Lookaround, PatternNode, PlaceName } from './pattern-tree.ts';

/** Goes on when the next character is in the set `argument`. */
export const SET = 0;
/** Goes on in both ways: to `next` and to `argument`. */
export const FORK = 1;
/** Goes on when the place `argument` is here. */
export const PLACE = 2;
/** Goes on when the lookaround `argument` holds here. */
export const LOOK = 3;
export const MATCH = 4;

/** Instructions of a pattern with its lookarounds: counted repetitions are written out. */
export const INSTRUCTIONS_MAX = 4_096;

export interface Program {
  readonly codes: readonly number[];
  readonly next: readonly number[];
  readonly arguments: readonly number[];
  readonly start: number;
}

export interface LookProgram {
  readonly program: Program;
  /** Runs from the first character to the last, else the other way. */
  readonly isForward: boolean;
  readonly isNegated: boolean;
}

export interface PatternProgram {
  readonly main: Program;
  /** In an order in which each refers only to those before it. */
  readonly lookarounds: readonly LookProgram[];
  readonly sets: readonly CharacterSet[];
  readonly places: readonly PlaceName[];
}

/** Undefined when the program would be too large. */
export function programOf(tree: PatternNode): PatternProgram | undefined {
  const compilation = new Compilation();
  try {
    const main = compilation.program(tree, true);
    return { main, ...compilation };
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

class TooLarge extends Error {}

class Compilation {
  readonly lookarounds: LookProgram[] = [];
  readonly sets: CharacterSet[] = [];
  readonly places: PlaceName[] = [];
  readonly #lookIndexes = new Map<Lookaround, number>();
  readonly #setIndexes = new Map<CharacterSet, number>();
  #instructionCount = 0;
  #codes: number[] = [];
  #next: number[] = [];
  #arguments: number[] = [];

  program(tree: PatternNode, isForward: boolean): Program {
    const outer = { codes: this.#codes, next: this.#next, arguments: this.#arguments };
    this.#codes = [];
    this.#next = [];
    this.#arguments = [];
    const start = this.#emit(tree, this.#add(MATCH, -1, 0), isForward);
    const program = {
      codes: this.#codes,
      next: this.#next,
      arguments: this.#arguments,
      start,
    };
    this.#codes = outer.codes;
    this.#next = outer.next;
    this.#arguments = outer.arguments;
    return program;
  }

  #add(code: number, next: number, argument: number): number {
    if (++this.#instructionCount > INSTRUCTIONS_MAX) throw new TooLarge();
    this.#codes.push(code);
    this.#next.push(next);
    return this.#arguments.push(argument) - 1;
  }

  /** Emits what matches the node and goes on at `next`; returns where it begins. */
  #emit(node: PatternNode, next: number, isForward: boolean): number {
    switch (node.kind) {
      case 'set':
        return this.#add(SET, next, this.#setIndex(node.set));
      case 'place':
        return this.#add(PLACE, next, this.places.push(node.place) - 1);
      case 'lookaround':
        return this.#add(LOOK, next, this.#lookIndex(node));
      case 'sequence': {
        const parts = isForward ? node.parts.toReversed() : node.parts;
        return parts.reduce((entry, part) => this.#emit(part, entry, isForward), next);
      }
      case 'choice':
        return node.branches
          .map((branch) => this.#emit(branch, next, isForward))
          .reduce((entry, branch) => this.#add(FORK, entry, branch));
      case 'repeat':
        return this.#repeat(node.body, node.min, node.max, next, isForward);
    }
  }

  #repeat(body: PatternNode, min: number, max: number, next: number, isForward: boolean): number {
    let entry = next;
    if (max === Number.POSITIVE_INFINITY) {
      entry = this.#add(FORK, next, -1);
      this.#arguments[entry] = this.#emit(body, entry, isForward);
    } else {
      for (let i = min; i < max; i++) {
        entry = this.#add(FORK, next, this.#emit(body, entry, isForward));
      }
    }
    for (let i = 0; i < min; i++) entry = this.#emit(body, entry, isForward);
    return entry;
  }

  #setIndex(set: CharacterSet): number {
    const known = this.#setIndexes.get(set);
    if (known !== undefined) return known;
    const index = this.sets.push(set) - 1;
    this.#setIndexes.set(set, index);
    return index;
  }

  #lookIndex(look: Lookaround): number {
    const known = this.#lookIndexes.get(look);
    if (known !== undefined) return known;
    // What is seen ahead is found by reading from the end of the name, what is behind from its start.
    const program = this.program(look.body, look.isBehind);
    const { isBehind: isForward, isNegated } = look;
    const index = this.lookarounds.push({ program, isForward, isNegated }) - 1;
    this.#lookIndexes.set(look, index);
    return index;
  }
}
