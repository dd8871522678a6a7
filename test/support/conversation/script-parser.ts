// Reads a conversation file into steps. A mistake in the text is an error with its line number.
import { expandLoops, LoopError, type NumberedLine } from './loops.ts';
import { parsePhrase, splitComment } from './phrase-parser.ts';
import type { BrokerName, Script, Step, Target } from './script.ts';

const SPOKEN_LINE =
  /^(?<side>[CS])(?:\[(?<broker>rabbitmq|warren)\])?(?<mark>[*!~+]?)(?: (?<connection>[a-z]\w*))?(?:\/(?<channel>\d+))?: (?<rest>.*)$/;

const COMMANDS = new Set([
  'open',
  'connect',
  'channel',
  'close',
  'drop',
  'sleep',
  'chunk',
  'hold',
  'release',
]);

export function parseScript(path: string, text: string): Script {
  const lines = text.split('\n');
  const title = lines[0]?.startsWith('# ') ? lines[0].slice(2).trim() : '';
  if (title === '') throw new Error(`${path}:1: the first line must be "# title"`);
  const steps: Step[] = [];
  let warrenOnly: string | undefined;
  for (const { text: line, number } of numbered(path, lines)) {
    if (/^warren-only\b/.test(line)) {
      warrenOnly = splitComment(line).reason;
      if (warrenOnly === '') throw new Error(`${path}:${number}: warren-only needs "# reason"`);
      continue;
    }
    try {
      steps.push(parseStep(line, number));
    } catch (error) {
      throw new Error(`${path}:${number}: ${error instanceof Error ? error.message : error}`);
    }
  }
  checkAlternatives(path, steps);
  return { path, title, steps, ...(warrenOnly === undefined ? {} : { warrenOnly }) };
}

function numbered(path: string, lines: readonly string[]): NumberedLine[] {
  const spoken = lines
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => text.trim() !== '' && !text.startsWith('#'));
  try {
    return expandLoops(spoken);
  } catch (error) {
    throw error instanceof LoopError ? new Error(`${path}:${error.line}: ${error.message}`) : error;
  }
}

function parseStep(source: string, line: number): Step {
  const { text, reason } = splitComment(source);
  const spoken = SPOKEN_LINE.exec(text)?.groups;
  if (spoken === undefined) return parseCommand(text, source, line, reason);
  const { side, broker, mark, connection, channel, rest = '' } = spoken;
  return {
    kind: side === 'C' ? 'client' : 'expect',
    line,
    source: source.trim(),
    reason,
    target: {
      connection: connection ?? '',
      channel: channel === undefined ? undefined : Number(channel),
    },
    phrase: parsePhrase(rest),
    anyOrder: mark === '*',
    exact: mark === '!',
    again: mark === '~',
    onNewChannel: mark === '+',
    ...(broker === undefined ? {} : { broker: broker as BrokerName }),
  };
}

function parseCommand(text: string, source: string, line: number, reason: string): Step {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  const takesAttributes = word === 'open' || word === 'connect';
  const phrase = takesAttributes ? parsePhrase(text) : { word, rest, attributes: [] };
  if (!COMMANDS.has(phrase.word)) throw new Error(`not understood: ${text}`);
  const target: Target = { connection: '', channel: undefined };
  const marks = { anyOrder: false, exact: false, again: false, onNewChannel: false };
  return { kind: 'command', line, source: source.trim(), reason, target, phrase, ...marks };
}

/** Lines for one broker come in runs; each run says somewhere why the brokers differ. */
function checkAlternatives(path: string, steps: readonly Step[]): void {
  let run: Step[] = [];
  for (const step of [...steps, undefined]) {
    if (step?.broker !== undefined) {
      run.push(step);
      continue;
    }
    if (run.length > 0 && run.every(({ reason }) => reason === '')) {
      throw new Error(`${path}:${run[0]?.line}: a line for one broker needs "# reason"`);
    }
    run = [];
  }
}
