// Reads the text of a rabbitmq.conf-style file: one `key = value` per line, `#` begins a comment,
// single quotes keep a value as it is. Knows the syntax only; which keys exist is config-keys.ts.

export interface ConfLine {
  readonly line: number;
  readonly key: string;
  readonly value: string;
}

export interface ConfProblem {
  readonly line: number;
  readonly text: string;
}

export interface ConfFile {
  readonly settings: readonly ConfLine[];
  readonly mistakes: readonly ConfProblem[];
  readonly warnings: readonly ConfProblem[];
}

/** Words of letters, digits, `_` and `-`; `\.` is a dot inside a word (user names). */
const keyPattern = /^(?:[\w-]|\\\.)+(?:\.(?:[\w@:+-]|\\\.)+)*$/;

export function readConfFile(content: string): ConfFile {
  const settings: ConfLine[] = [];
  const mistakes: ConfProblem[] = [];
  const warnings: ConfProblem[] = [];
  content.split(/\r?\n/).forEach((raw, index) => {
    const line = index + 1;
    // Some editors put a byte order mark in front of the first line.
    const trimmed = raw.replace(/^\uFEFF/, '').trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const equals = trimmed.indexOf('=');
    const key = trimmed.slice(0, Math.max(equals, 0)).trim();
    if (equals < 0 || !keyPattern.test(key)) {
      mistakes.push({ line, text: `expected "key = value", found "${firstWord(trimmed)}"` });
      return;
    }
    const value = readValue(trimmed.slice(equals + 1).trim());
    if (value.mistake !== undefined) mistakes.push({ line, text: `${key} ${value.mistake}` });
    else settings.push({ line, key, value: value.text });
    if (value.warning !== undefined) warnings.push({ line, text: `${key}: ${value.warning}` });
  });
  return { settings, mistakes, warnings };
}

interface Value {
  readonly text: string;
  readonly mistake?: string;
  readonly warning?: string;
}

function readValue(written: string): Value {
  if (written.startsWith("'")) return readQuoted(written);
  const hash = written.indexOf('#');
  if (hash < 0) return { text: written };
  const text = written.slice(0, hash).trimEnd();
  // RabbitMQ cuts here, too; in a password that is hardly what was meant.
  if (text.length === hash && hash > 0) {
    return {
      text,
      warning: 'what follows # is taken as a comment; put the value in single quotes to keep it',
    };
  }
  return { text };
}

function readQuoted(written: string): Value {
  const close = written.indexOf("'", 1);
  if (close < 0) return { text: '', mistake: 'has an opening single quote but no closing one' };
  const rest = written.slice(close + 1).trim();
  if (rest !== '' && !rest.startsWith('#')) {
    return { text: '', mistake: 'has text after the closing single quote' };
  }
  return { text: written.slice(1, close) };
}

/** Not the whole line: it may hold a password, and mistakes end up in logs. */
function firstWord(line: string): string {
  const word = line.split(/[\s=]/, 1)[0] ?? '';
  return word.length === line.length ? word.slice(0, 60) : `${word.slice(0, 60)} ...`;
}
