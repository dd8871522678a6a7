// What a command has of the world: standard streams, environment, interruption. Tests give it their own.

import { isatty } from 'node:tty';

export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadStream | (NodeJS.ReadableStream & { isTTY?: boolean });
  readonly isInputTerminal: boolean;
  readonly isOutputTerminal: boolean;
  readonly isErrorTerminal: boolean;
  readonly size: { readonly columns: number; readonly rows: number };
  /** To standard output, where the data goes and nothing else. */
  write(text: string | Buffer): void;
  /** To standard error. */
  writeError(text: string): void;
  /** The first interruption aborts it. */
  readonly interrupted: AbortSignal;
  onResize(resized: () => void): () => void;
}

export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // A reader that has enough (`| head`) is no error.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  return {
    environment: process.env,
    // The stream opens its descriptor when it is first named, and few commands need it.
    get input() {
      return process.stdin;
    },
    isInputTerminal: isatty(0),
    isOutputTerminal: stdout.isTTY === true,
    isErrorTerminal: stderr.isTTY === true,
    get size() {
      return { columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 };
    },
    write: (text) => stdout.write(text),
    writeError: (text) => stderr.write(text),
    interrupted: interruption.signal,
    onResize: (resized) => {
      stdout.on('resize', resized);
      return () => stdout.off('resize', resized);
    },
  };
}

/** Resolves when everything written has left the process: pipes are cut short by an exit. */
export async function flushed(): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(streams.map((stream) => new Promise((done) => stream.write('', done))));
}
