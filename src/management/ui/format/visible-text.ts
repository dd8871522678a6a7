// Names and payloads come from anyone. What has no shape of its own (control characters, marks that turn the direction of
// text, spaces at the ends) is written as an escape, so that two different names never look the same.

/** Control, format and lone half characters, separators of lines, spaces of odd widths; a space at an end. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2000-\u200a\u202f\u205f\u3000]|^ | $/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line: for names, keys, header values. */
export function visibleName(name: string): string {
  return name.replace(INVISIBLE, escaped);
}

/** Line breaks and tabs stay what they are: for payloads. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    /[\n\t ]/.test(character) ? character : escaped(character),
  );
}

function escaped(character: string): string {
  if (character === ' ') return '␣';
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return SHORT[character] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`);
}
