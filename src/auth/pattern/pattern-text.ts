// The text of a pattern while it is parsed: where we are, and the escapes that stand for one character.

import { type CharacterTest, CLASS_ESCAPES, not, unicodeProperty } from './character-set.ts';
import { PatternError } from './pattern-error.ts';

const CODE_POINT_MAX = 0x10ffff;

const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

export class PatternText {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.offset >= this.text.length;
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.offset);
  }

  /** Skips the prefix when it comes next. */
  take(prefix: string): boolean {
    if (!this.startsWith(prefix)) return false;
    this.offset += prefix.length;
    return true;
  }

  /** Skips what the sticky expression finds here and returns it. */
  takeMatch(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.offset;
    const match = expression.exec(this.text);
    if (match === null) return undefined;
    this.offset += match[0].length;
    return match;
  }

  /** The next character, also one of two code units. There is one. */
  takeCharacter(): string {
    const character = String.fromCodePoint(this.text.codePointAt(this.offset) as number);
    this.offset += character.length;
    return character;
  }

  error(reason: string, offset = this.offset): PatternError {
    return new PatternError(reason, this.text, offset);
  }

  /** `\d`, `\P{Lu}` and their like, behind the backslash; undefined when it is none of them. */
  takeClassEscape(): CharacterTest | undefined {
    const letter = this.text.charAt(this.offset);
    if (letter === 'p' || letter === 'P') return this.#takeProperty();
    const test = CLASS_ESCAPES.get(letter.toLowerCase());
    if (test === undefined) return undefined;
    this.offset++;
    return letter === letter.toLowerCase() ? test : not(test);
  }

  #takeProperty(): CharacterTest {
    const match = this.takeMatch(/[pP](?:\{(\^?)([^}]*)\}|([A-Z]))/y);
    if (match === undefined) throw this.error('malformed \\\\P or \\\\p sequence');
    const [whole, caret = '', name, letter] = match;
    const test = unicodeProperty(name ?? letter ?? '');
    if (test === undefined) throw this.error('unknown property name after \\\\P or \\\\p');
    return whole.startsWith('P') === (caret === '^') ? test : not(test);
  }

  /** The character that an escape stands for; the offset is behind the backslash. */
  takeEscapedCodePoint(): number {
    const hexadecimal = this.takeMatch(/x(?:\{([\da-fA-F]+)\}|([\da-fA-F]{0,2}))/y);
    if (hexadecimal !== undefined) {
      return this.#codePoint(Number.parseInt(`0${hexadecimal[1] ?? hexadecimal[2] ?? ''}`, 16));
    }
    const octal = this.takeMatch(/o\{([0-7]+)\}|([0-7]{1,3})/y);
    if (octal !== undefined) {
      return this.#codePoint(Number.parseInt(octal[1] ?? octal[2] ?? '', 8));
    }
    const control = this.takeMatch(/c([\x20-\x7e])/y);
    if (control !== undefined) return (control[1] as string).toUpperCase().charCodeAt(0) ^ 0x40;
    const character = this.takeCharacter();
    if ('LlNUu'.includes(character)) {
      throw this.error('PCRE does not support \\\\L, \\\\l, \\\\N{name}, \\\\U, or \\\\u');
    }
    return CONTROL_ESCAPES.get(character) ?? (character.codePointAt(0) as number);
  }

  #codePoint(value: number): number {
    if (value > CODE_POINT_MAX) {
      const reason = 'character value in \\\\x{} or \\\\o{} is too large';
      throw this.error(reason, this.offset - 1);
    }
    return value;
  }
}
