// Sets of characters: what one place of a pattern may match. Asked once per character and place, so
// the answers for ASCII are kept as bits.

export type CharacterTest = (codePoint: number) => boolean;

const ASCII_END = 128;

export class CharacterSet {
  readonly #ascii = new Uint32Array(ASCII_END / 32);
  readonly #test: CharacterTest;

  constructor(test: CharacterTest) {
    this.#test = test;
    for (let codePoint = 0; codePoint < ASCII_END; codePoint++) {
      if (!test(codePoint)) continue;
      const word = codePoint >>> 5;
      this.#ascii[word] = (this.#ascii[word] as number) | (1 << (codePoint & 31));
    }
  }

  has(codePoint: number): boolean {
    if (codePoint >= ASCII_END) return this.#test(codePoint);
    return ((this.#ascii[codePoint >>> 5] as number) & (1 << (codePoint & 31))) !== 0;
  }
}

export function between(first: number, last: number): CharacterTest {
  return (codePoint) => codePoint >= first && codePoint <= last;
}

export function anyOf(tests: readonly CharacterTest[]): CharacterTest {
  return (codePoint) => tests.some((test) => test(codePoint));
}

export function not(test: CharacterTest): CharacterTest {
  return (codePoint) => !test(codePoint);
}

export const anything: CharacterTest = () => true;

/** True for every character that differs from one of the set by its case only, too. */
export function ignoringCase(test: CharacterTest): CharacterTest {
  return (codePoint) => {
    if (test(codePoint)) return true;
    const character = String.fromCodePoint(codePoint);
    const upper = onlyCodePoint(character.toUpperCase());
    const lower = onlyCodePoint(character.toLowerCase());
    if (test(upper) || test(lower)) return true;
    // Some characters meet only by way of their upper case: the long s and s.
    return test(onlyCodePoint(String.fromCodePoint(upper).toLowerCase()));
  };
}

/** The first character; a case that takes two of them never equals one. */
function onlyCodePoint(text: string): number {
  return text.codePointAt(0) as number;
}

export function characters(list: string): CharacterTest {
  const codePoints = new Set(Array.from(list, onlyCodePoint));
  return (codePoint) => codePoints.has(codePoint);
}

const digit = between(0x30, 0x39);
const upper = between(0x41, 0x5a);
const lower = between(0x61, 0x7a);
const letter = anyOf([upper, lower]);
const alphanumeric = anyOf([letter, digit]);
const printable = between(0x20, 0x7e);
const space = characters('\t\n\v\f\r ');

export const wordCharacter = anyOf([alphanumeric, characters('_')]);
export const lineFeed = characters('\n');

/** What `\d`, `\w` and their like stand for; their capitals for the opposite. ASCII, as in PCRE. */
export const CLASS_ESCAPES: ReadonlyMap<string, CharacterTest> = new Map([
  ['d', digit],
  ['h', characters('\t \u00a0\u1680\u180e\u202f\u205f\u3000')],
  ['s', space],
  ['v', characters('\n\v\f\r\u0085\u2028\u2029')],
  ['w', wordCharacter],
]);

/** The names inside `[[:…:]]`. */
export const POSIX_CLASSES: ReadonlyMap<string, CharacterTest> = new Map([
  ['alnum', alphanumeric],
  ['alpha', letter],
  ['ascii', between(0, 0x7f)],
  ['blank', characters('\t ')],
  ['cntrl', anyOf([between(0, 0x1f), between(0x7f, 0x7f)])],
  ['digit', digit],
  ['graph', between(0x21, 0x7e)],
  ['lower', lower],
  ['print', printable],
  ['punct', (codePoint) => printable(codePoint) && !alphanumeric(codePoint) && codePoint !== 0x20],
  ['space', space],
  ['upper', upper],
  ['word', wordCharacter],
  ['xdigit', anyOf([digit, between(0x41, 0x46), between(0x61, 0x66)])],
]);

/** `\p{name}`: a general category or a script of Unicode; undefined when there is none of that name. */
export function unicodeProperty(name: string): CharacterTest | undefined {
  if (name === 'Any') return anything;
  if (!/^\w+$/.test(name)) return undefined;
  for (const property of [name, `Script=${name}`]) {
    try {
      // One property and one character: nothing to backtrack over.
      const single = new RegExp(`^\\p{${property}}$`, 'u');
      return (codePoint) => single.test(String.fromCodePoint(codePoint));
    } catch {
      // Not a property of that kind.
    }
  }
  return undefined;
}
