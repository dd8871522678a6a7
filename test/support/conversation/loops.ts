// `for <a>=<b> in x=1 y=2` … `end` in a conversation: the lines between, once per item, with the item's parts
// put in where `<a>` and `<b>` stand. Loops may be nested.

export interface NumberedLine {
  readonly text: string;
  /** Where it stands in the file. */
  readonly number: number;
}

export function expandLoops(lines: readonly NumberedLine[]): NumberedLine[] {
  const expanded: NumberedLine[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined) break;
    const loop = /^for (?<names>\S+) in (?<items>.+)$/.exec(line.text)?.groups;
    if (loop === undefined) {
      if (line.text.trim() === 'end') throw new LoopError(line.number, '"end" without "for"');
      expanded.push(line);
      continue;
    }
    const end = endOf(lines, at);
    const body = lines.slice(at + 1, end);
    const names = (loop['names'] ?? '').split('=');
    for (const item of (loop['items'] ?? '').trim().split(/\s+/)) {
      const values = splitItem(item, names.length);
      if (values === undefined) throw new LoopError(line.number, `${item} has too few parts`);
      expanded.push(...expandLoops(body.map((inner) => filledIn(inner, names, values))));
    }
    at = end;
  }
  return expanded;
}

export class LoopError extends Error {
  readonly line: number;

  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

function endOf(lines: readonly NumberedLine[], start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length; at++) {
    const text = lines[at]?.text.trim() ?? '';
    if (text.startsWith('for ')) depth++;
    else if (text === 'end' && --depth === 0) return at;
  }
  throw new LoopError(lines[start]?.number ?? 0, '"for" without "end"');
}

/** The last part may contain `=`. */
function splitItem(item: string, count: number): string[] | undefined {
  const parts = item.split('=');
  if (parts.length < count) return undefined;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join('=')];
}

function filledIn(
  line: NumberedLine,
  names: readonly string[],
  values: readonly string[],
): NumberedLine {
  let { text } = line;
  for (const [index, name] of names.entries()) text = text.replaceAll(name, values[index] ?? '');
  return { ...line, text };
}
