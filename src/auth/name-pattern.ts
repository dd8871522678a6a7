// One pattern of a permission row, RabbitMQ's way: searched anywhere in the name, and an empty
// pattern denies all. Matching is linear in the name (RE2), whatever pattern a user wrote.

import { RE2JS, RE2JSException } from 're2js';

/** Longest pattern taken: compiling is linear in it, too. */
export const PATTERN_LENGTH_MAX = 1_024;

/** Answers kept per pattern. Server-named queues are always new, so the bound is reached in practice. */
const ANSWERS_MAX = 1_024;

/** The pattern cannot be used; the message says why, for the person who wrote it. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

export class NamePattern {
  readonly text: string;
  readonly #compiled: RE2JS | undefined;
  readonly #constant: boolean | undefined;
  readonly #answers = new Map<string, boolean>();

  constructor(text: string) {
    this.text = text;
    this.#constant = constantAnswer(text);
    this.#compiled = this.#constant === undefined ? compile(text) : undefined;
  }

  matches(name: string): boolean {
    if (this.#constant !== undefined) return this.#constant;
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const answer = this.#compiled?.test(name) === true;
    // Emptied at once, not one by one: an answer costs microseconds to find again.
    if (this.#answers.size >= ANSWERS_MAX) this.#answers.clear();
    this.#answers.set(name, answer);
    return answer;
  }
}

/** The three patterns that nearly every row holds need no engine. */
function constantAnswer(text: string): boolean | undefined {
  if (text === '') return false;
  // Searched anywhere, `.*` finds the empty string in every name.
  if (text === '.*' || text === '^.*') return true;
  return undefined;
}

function compile(text: string): RE2JS {
  if (text.length > PATTERN_LENGTH_MAX) {
    throw new PatternError(
      `a pattern may have ${PATTERN_LENGTH_MAX} characters, not ${text.length}`,
    );
  }
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PatternError(
      `'${text}' is not a regular expression that WarrenMQ takes (RE2 syntax: no lookahead, no back-reference): ${error.message}`,
    );
  }
}
