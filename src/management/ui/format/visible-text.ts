// Names and payloads come from anyone. What has no shape of its own (control characters, marks that turn the direction of
// text, spaces at the ends) is written as an escape, so that two different names never look the same.

const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be seen
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff\ufff9-\ufffb]|^ | $/g;
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
  const code = character.charCodeAt(0).toString(16);
  return SHORT[character] ?? `\\u${code.padStart(4, '0')}`;
}
