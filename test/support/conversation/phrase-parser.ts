// Reads one phrase of a conversation line: `queue.declare queue=$q arguments={x:I:1} { priority=1 } "body"`.
import type {
  Attribute,
  Literal,
  LiteralEntry,
  Phrase,
  PropertyLiterals,
  TypedLiteral,
} from './script.ts';

/** Splits `text # reason`; a `#` inside quotes or a word (topic keys) is no comment. */
export function splitComment(line: string): { text: string; reason: string } {
  let inQuotes = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i];
    if (char === '\\' && inQuotes) i++;
    else if (char === '"') inQuotes = !inQuotes;
    else if (char === '#' && !inQuotes && /^$|\s/.test(line[i - 1] ?? '') && line[i + 1] === ' ') {
      return { text: line.slice(0, i).trim(), reason: line.slice(i + 1).trim() };
    }
  }
  return { text: line.trim(), reason: '' };
}

export function parsePhrase(text: string): Phrase {
  return new PhraseParser(text).phrase();
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' };

class PhraseParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  phrase(): Phrase {
    const word = this.#match(/[^\s={}"]+/y);
    const rest = this.#text.slice(this.#at).trim();
    const attributes: Attribute[] = [];
    let properties: PropertyLiterals | undefined;
    let body: Literal | undefined;
    for (this.#space(); this.#at < this.#text.length; this.#space()) {
      const char = this.#text[this.#at];
      if (char === '{' || this.#text.startsWith('!{', this.#at)) properties = this.#properties();
      else if (char === '"' || char === '~' || char === '*' || this.#looksAt(/hex:/y)) {
        body = this.#literal();
      } else attributes.push(this.#attribute());
    }
    return {
      word,
      rest,
      attributes,
      ...(properties === undefined ? {} : { properties }),
      ...(body === undefined ? {} : { body }),
    };
  }

  #properties(): PropertyLiterals {
    const exact = this.#accept('!');
    this.#expect('{');
    const attributes: Attribute[] = [];
    for (this.#space(); !this.#accept('}'); this.#space()) attributes.push(this.#attribute());
    return { attributes, exact };
  }

  /** `name=literal`, or a bare `name` meaning true. */
  #attribute(): Attribute {
    const name = this.#match(/[A-Za-z0-9.-]+/y);
    if (!this.#accept('=')) return { name, literal: { kind: 'text', text: 'true', repeat: 1 } };
    return { name, literal: this.#literal() };
  }

  #literal(): Literal {
    const char = this.#text[this.#at];
    if (char === '"') return this.#quoted();
    if (char === '{' || this.#text.startsWith('!{', this.#at)) return this.#table();
    if (char === '[') return this.#array();
    if (this.#looksAt(/hex:/y)) {
      return { kind: 'hex', bytes: Buffer.from(this.#match(/hex:[0-9a-f]*/y).slice(4), 'hex') };
    }
    if (this.#accept('~/')) {
      const source = this.#match(/(?:[^/\\]|\\.)*/y);
      this.#expect('/');
      return { kind: 'regex', source, ...this.#capture() };
    }
    if (this.#looksAt(/\*(?:[\s,}\]>]|$)/y)) {
      this.#at += 1;
      return { kind: 'any', ...this.#capture() };
    }
    return { kind: 'text', text: this.#match(/[^\s{}[\],"]*/y), repeat: 1 };
  }

  #capture(): { capture?: string } {
    return this.#accept('>') ? { capture: this.#match(/[a-z]\w*/y) } : {};
  }

  #quoted(): Literal {
    this.#expect('"');
    let text = '';
    while (!this.#accept('"')) {
      const char = this.#text[this.#at++];
      if (char === undefined) throw this.#error('a quote is not closed');
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escaped = this.#text[this.#at++] ?? '';
      text +=
        escaped === 'x'
          ? String.fromCharCode(Number.parseInt(this.#match(/[0-9a-f]{2}/y), 16))
          : (ESCAPES[escaped] ?? escaped);
    }
    const repeat = this.#accept('*') ? Number(this.#match(/\d+/y)) : 1;
    return { kind: 'text', text, repeat };
  }

  #table(): Literal {
    const exact = this.#accept('!');
    this.#expect('{');
    const entries: LiteralEntry[] = [];
    for (this.#space(); !this.#accept('}'); this.#separator()) {
      const key = this.#looksAt(/"/y) ? this.#plainQuoted() : this.#match(/[^\s:{}[\],]+/y);
      this.#expect(':');
      entries.push({ key, value: this.#typed() });
    }
    return { kind: 'table', entries, exact };
  }

  #array(): Literal {
    this.#expect('[');
    const items: TypedLiteral[] = [];
    for (this.#space(); !this.#accept(']'); this.#separator()) items.push(this.#typed());
    return { kind: 'array', items };
  }

  #plainQuoted(): string {
    const literal = this.#quoted();
    return literal.kind === 'text' ? literal.text : '';
  }

  #typed(): TypedLiteral {
    const type = this.#match(/[A-Za-z]/y);
    if (type === 'V') return { type, literal: { kind: 'text', text: '', repeat: 1 } };
    this.#expect(':');
    return { type, literal: this.#literal() };
  }

  #separator(): void {
    this.#space();
    this.#accept(',');
    this.#space();
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw this.#error(`expected ${pattern.source}`);
    this.#at += found[0].length;
    return found[0];
  }

  #accept(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #expect(token: string): void {
    if (!this.#accept(token)) throw this.#error(`expected ${token}`);
  }

  #error(problem: string): Error {
    return new Error(`${problem} at "${this.#text.slice(this.#at)}"`);
  }
}
