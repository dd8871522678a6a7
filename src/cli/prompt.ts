// Questions at the terminal, on standard error: standard output belongs to the data.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** The line that was typed; `isSecret`: without showing it. */
export async function askLine(
  terminal: Terminal,
  question: string,
  isSecret = false,
): Promise<string> {
  if (isSecret) terminal.writeError(question);
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!isSecret) terminal.writeError(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input: terminal.input, output, terminal: true, historySize: 0 });
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => reject(new CommandError(adminExitCodes.interrupted, 'interrupted'));
      lines.once('SIGINT', stop);
      lines.once('close', stop);
      lines.question(isSecret ? '' : question, resolve);
    });
  } finally {
    lines.removeAllListeners('close');
    lines.close();
    if (isSecret) terminal.writeError('\n');
  }
}

/** Everything that standard input holds. */
export async function readInput(terminal: Terminal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of terminal.input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
