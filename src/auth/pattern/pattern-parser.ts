// From the text of a pattern to its tree: PCRE's syntax, as RabbitMQ's users write it, without what no
// finite automaton can do (back-references, recursion, conditions, atomic and possessive parts).

import {
  anything,
  between,
  CharacterSet,
  type CharacterTest,
  ignoringCase,
  lineFeed,
  not,
} from './character-set.ts';
import { parseClass } from './class-parser.ts';
import { PatternText } from './pattern-text.ts';
import type { PatternNode, PlaceName } from './pattern-tree.ts';

const QUANTIFIER = /[*+?]|\{(\d+)(?:(,)(\d*))?\}/y;
const REPEATS_MAX = 65_535;
/** Groups within groups; far from the end of the stack. */
const DEPTH_MAX = 250;

interface Flags {
  readonly isCaseIgnored: boolean;
  readonly isMultiline: boolean;
  readonly isDotAll: boolean;
  readonly isExtended: boolean;
}

const NO_FLAGS: Flags = {
  isCaseIgnored: false,
  isMultiline: false,
  isDotAll: false,
  isExtended: false,
};

const FLAG_LETTERS: ReadonlyMap<string, keyof Flags> = new Map<string, keyof Flags>([
  ['i', 'isCaseIgnored'],
  ['m', 'isMultiline'],
  ['s', 'isDotAll'],
  ['x', 'isExtended'],
]);

const PLACES: ReadonlyMap<string, PlaceName> = new Map<string, PlaceName>([
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'end or last line feed'],
  ['b', 'word boundary'],
  ['B', 'no word boundary'],
]);

/** Throws PatternError. */
export function parsePattern(text: string): PatternNode {
  return new PatternParser(text).parse();
}

class PatternParser {
  readonly #text: PatternText;
  #flags = NO_FLAGS;
  #depth = 0;

  constructor(text: string) {
    this.#text = new PatternText(text);
  }

  parse(): PatternNode {
    const tree = this.#choice();
    if (!this.#text.isAtEnd) throw this.#text.error('unmatched parentheses');
    return tree;
  }

  /** Branches up to the end or the `)` of the group. */
  #choice(): PatternNode {
    const branches = [this.#sequence()];
    while (this.#text.take('|')) branches.push(this.#sequence());
    return branches.length === 1 ? (branches[0] as PatternNode) : { kind: 'choice', branches };
  }

  #sequence(): PatternNode {
    const text = this.#text;
    const parts: PatternNode[] = [];
    for (;;) {
      if (this.#flags.isExtended) text.takeMatch(/(?:\s|#[^\n]*)+/y);
      if (text.isAtEnd || text.startsWith('|') || text.startsWith(')')) break;
      const atom = this.#atom();
      if (atom === undefined) continue;
      if (this.#flags.isExtended) text.takeMatch(/(?:\s|#[^\n]*)+/y);
      parts.push(this.#repeated(atom));
    }
    return parts.length === 1 ? (parts[0] as PatternNode) : { kind: 'sequence', parts };
  }

  #repeated(body: PatternNode): PatternNode {
    const text = this.#text;
    const quantifier = text.takeMatch(QUANTIFIER);
    if (quantifier === undefined) return body;
    const [sign, least, comma, most] = quantifier;
    let min = sign === '+' ? 1 : 0;
    let max = sign === '?' ? 1 : Number.POSITIVE_INFINITY;
    if (least !== undefined) {
      min = Number(least);
      if (comma === undefined) max = min;
      else if (most !== '') max = Number(most);
      if (min > REPEATS_MAX || (max > REPEATS_MAX && max !== Number.POSITIVE_INFINITY)) {
        throw text.error('number too big in {} quantifier', text.offset - 1);
      }
      if (max < min) {
        throw text.error('numbers out of order in {} quantifier', text.offset - 1);
      }
    }
    if (text.startsWith('+')) throw text.error('possessive quantifiers are not supported here');
    text.take('?');
    return { kind: 'repeat', body, min, max };
  }

  /** Undefined: something that matches nothing and cannot be repeated (flags, a comment). */
  #atom(): PatternNode | undefined {
    const text = this.#text;
    const start = text.offset;
    if (text.startsWith('(')) return this.#group();
    if (text.take('\\')) return this.#escape();
    if (text.takeMatch(QUANTIFIER) !== undefined) throw text.error('nothing to repeat', start);
    if (text.take('^')) return this.#place(this.#flags.isMultiline ? 'line start' : 'start');
    // Only the very end: PCRE takes a place before a last line feed, too, which lets more through.
    if (text.take('$')) return this.#place(this.#flags.isMultiline ? 'line end' : 'end');
    if (text.take('.')) return setOf(this.#flags.isDotAll ? anything : not(lineFeed));
    if (text.take('[')) return setOf(parseClass(text, this.#flags.isCaseIgnored));
    return this.#character(text.takeCharacter().codePointAt(0) as number);
  }

  /** A place cannot be repeated, unless in a group. */
  #place(place: PlaceName): PatternNode {
    const { offset } = this.#text;
    if (this.#text.takeMatch(QUANTIFIER) !== undefined) {
      throw this.#text.error('nothing to repeat', offset);
    }
    return { kind: 'place', place };
  }

  #character(codePoint: number): PatternNode {
    const test = between(codePoint, codePoint);
    return setOf(this.#flags.isCaseIgnored ? ignoringCase(test) : test);
  }

  #escape(): PatternNode | undefined {
    const text = this.#text;
    if (text.isAtEnd) throw text.error('\\\\ at end of pattern');
    const quoted = text.takeMatch(/Q([\s\S]*?)(?:\\E|$)/y);
    if (quoted !== undefined) return this.#quoted(quoted[1] as string);
    // An end without its beginning means nothing.
    if (text.take('E')) return undefined;
    if (
      text.startsWith('k') ||
      text.startsWith('g') ||
      text.takeMatch(/[1-7](?!\d)|[89]/y) !== undefined
    ) {
      throw text.error('back-references are not supported here');
    }
    const refused = text.takeMatch(/[CGKRX]/y);
    if (refused !== undefined) throw text.error(`\\\\${refused[0]} is not supported here`);
    const place = PLACES.get(text.text.charAt(text.offset));
    if (place !== undefined) {
      text.offset++;
      return this.#place(place);
    }
    if (text.takeMatch(/N(?!\{(?!\d+(?:,\d*)?\}))/y) !== undefined) return setOf(not(lineFeed));
    const test = text.takeClassEscape();
    return test === undefined ? this.#character(text.takeEscapedCodePoint()) : setOf(test);
  }

  /** A quantifier behind `\Q…\E` is of its last character. */
  #quoted(content: string): PatternNode | undefined {
    const characters = Array.from(content, (one) => this.#character(one.codePointAt(0) as number));
    const last = characters.pop();
    if (last === undefined) return undefined;
    return { kind: 'sequence', parts: [...characters, this.#repeated(last)] };
  }

  #group(): PatternNode | undefined {
    const text = this.#text;
    const start = text.offset;
    text.take('(');
    if (text.startsWith('*')) throw text.error('verbs are not supported here');
    if (text.takeMatch(/\?#[^)]*/y) !== undefined) {
      if (text.take(')')) return undefined;
      throw text.error('missing ) after comment');
    }
    const look = text.takeMatch(/\?(<?)([=!])/y);
    if (look !== undefined) {
      const isBehind = look[1] === '<';
      return { kind: 'lookaround', isBehind, isNegated: look[2] === '!', body: this.#body() };
    }
    const isNamed = text.takeMatch(/\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/y) !== undefined;
    if (isNamed || !text.startsWith('?') || text.take('?|')) return this.#body();
    const flags = text.takeMatch(/\?([imsxUJ]*)(?:-([imsxUJ]*))?([:)])/y);
    if (flags === undefined) throw this.#refusedGroup(start);
    const [, on = '', off = '', end] = flags;
    if (end === ':') return this.#body(on, off);
    // Until the end of the group around it.
    this.#setFlags(on, off);
    return undefined;
  }

  #refusedGroup(start: number): Error {
    const text = this.#text;
    if (text.startsWith('?>')) return text.error('atomic groups are not supported here', start);
    if (text.takeMatch(/\?(?:\(|R|&|P[>=]|[+-]?\d)/y) !== undefined) {
      return text.error('recursion and conditions are not supported here', start);
    }
    if (text.isAtEnd) return text.error('missing )');
    return text.error('unrecognized character after (? or (?-', start + 2);
  }

  #body(on = '', off = ''): PatternNode {
    if (++this.#depth > DEPTH_MAX) throw this.#text.error('parentheses are too deeply nested');
    const flags = this.#flags;
    this.#setFlags(on, off);
    const body = this.#choice();
    this.#flags = flags;
    this.#depth--;
    if (!this.#text.take(')')) throw this.#text.error('missing )');
    return body;
  }

  #setFlags(on: string, off: string): void {
    const flags = { ...this.#flags };
    const set = (letters: string, value: boolean) => {
      for (const letter of letters) {
        // U and J decide which match is found and how it is named, not whether there is one.
        const flag = FLAG_LETTERS.get(letter);
        if (flag !== undefined) flags[flag] = value;
      }
    };
    set(on, true);
    set(off, false);
    this.#flags = flags;
  }
}

function setOf(test: CharacterTest): PatternNode {
  return { kind: 'set', set: new CharacterSet(test) };
}
