// Patterns that users write to choose names: of permissions, of policies. Searched anywhere in the name,
// in steps linear in it. What was answered before is remembered.

import type { CompilePattern, NamePattern } from '../broker/name-pattern.ts';
import { PatternError } from './pattern/pattern-error.ts';
import { parsePattern } from './pattern/pattern-parser.ts';
import { INSTRUCTIONS_MAX, type PatternProgram, programOf } from './pattern/pattern-program.ts';
import { PatternSearch } from './pattern/pattern-search.ts';

/** Longest pattern taken, in code units. */
export const PATTERN_LENGTH_MAX = 1_024;

/** Answers kept per pattern. Server-named queues are always new, so the bound is reached in practice. */
const ANSWERS_MAX = 1_024;

/** Throws PatternError. The empty pattern is found in every name. */
export function compileNamePattern(text: string): NamePattern {
  // Searched anywhere, `.*` finds the empty string in every name.
  if (text === '' || text === '.*' || text === '^.*') return { text, matches: () => true };
  return new RememberingPattern(text);
}

/** The same for the core, where a fault is a value. */
export const compilePattern: CompilePattern = (text) => {
  try {
    return compileNamePattern(text);
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

/** A pattern of a permission, where the empty one denies all. */
export function compilePermissionPattern(text: string): NamePattern {
  return text === '' ? { text, matches: () => false } : compileNamePattern(text);
}

class RememberingPattern implements NamePattern {
  readonly text: string;
  readonly #program: PatternProgram;
  readonly #answers = new Map<string, boolean>();

  constructor(text: string) {
    this.text = text;
    this.#program = compile(text);
  }

  matches(name: string): boolean {
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const answer = new PatternSearch(this.#program, name).run();
    // Emptied at once, not one by one: an answer costs microseconds to find again.
    if (this.#answers.size >= ANSWERS_MAX) this.#answers.clear();
    this.#answers.set(name, answer);
    return answer;
  }
}

function compile(text: string): PatternProgram {
  if (text.length > PATTERN_LENGTH_MAX) {
    throw new PatternError(
      `regular expression is too large: ${PATTERN_LENGTH_MAX} characters at most`,
      text,
      text.length,
    );
  }
  const program = programOf(parsePattern(text));
  if (program !== undefined) return program;
  throw new PatternError(
    `regular expression is too large: ${INSTRUCTIONS_MAX} instructions at most`,
    text,
    text.length,
  );
}
