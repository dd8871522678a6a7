// `[…]`: the character classes of a pattern.

import {
  anyOf,
  between,
  type CharacterTest,
  characters,
  ignoringCase,
  not,
  POSIX_CLASSES,
} from './character-set.ts';
import type { PatternText } from './pattern-text.ts';

const BACKSPACE = 0x08;

/** Parses the class whose `[` was taken, up to and with its `]`. */
export function parseClass(text: PatternText, isCaseIgnored: boolean): CharacterTest {
  const isNegated = text.take('^');
  const items: CharacterTest[] = [];
  // A bracket that comes first stands for itself.
  for (let isFirst = true; isFirst || !text.startsWith(']'); isFirst = false) {
    if (text.isAtEnd) throw text.error('missing terminating ] for character class');
    const item = parseItem(text);
    if (item !== undefined) items.push(item);
  }
  text.take(']');
  const listed = anyOf(items);
  const test = isCaseIgnored ? ignoringCase(listed) : listed;
  return isNegated ? not(test) : test;
}

function parseItem(text: PatternText): CharacterTest | undefined {
  const posix = text.takeMatch(/\[:(\^?)([a-z]*):\]/y);
  if (posix !== undefined) return posixClass(text, posix[2] as string, posix[1] === '^');
  const quoted = text.takeMatch(/\\Q([\s\S]*?)(?:\\E|$)/y);
  if (quoted !== undefined) return characters(quoted[1] as string);
  const first = parseMember(text);
  if (typeof first !== 'number') return first;
  const isRange = text.startsWith('-') && text.text.charAt(text.offset + 1) !== ']';
  if (!isRange) return between(first, first);
  const hyphen = text.offset;
  text.take('-');
  if (text.isAtEnd) throw text.error('missing terminating ] for character class');
  const last = parseMember(text);
  if (typeof last !== 'number') throw text.error('invalid range in character class', hyphen + 2);
  if (last < first) throw text.error('range out of order in character class', hyphen + 1);
  return between(first, last);
}

/** One character, or a set such as `\d`. Undefined: nothing (`\E` without its `\Q`). */
function parseMember(text: PatternText): number | CharacterTest | undefined {
  if (!text.take('\\')) return text.takeCharacter().codePointAt(0) as number;
  if (text.isAtEnd) throw text.error('missing terminating ] for character class');
  if (text.take('b')) return BACKSPACE;
  if (text.take('E')) return undefined;
  if (text.takeMatch(/[QRXBN]/y) !== undefined) {
    throw text.error('escape sequence is invalid in character class', text.offset - 1);
  }
  return text.takeClassEscape() ?? text.takeEscapedCodePoint();
}

function posixClass(text: PatternText, name: string, isNegated: boolean): CharacterTest {
  const test = POSIX_CLASSES.get(name);
  if (test === undefined) throw text.error('unknown POSIX class name');
  return isNegated ? not(test) : test;
}
