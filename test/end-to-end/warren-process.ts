// One `warren` process of the compiled package: its output, its exit code, its address.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { PATH } = process.env;
const MAIN = 'dist/src/main.js';

export class WarrenProcess {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;

  constructor(command: string, flags: readonly string[], environment: NodeJS.ProcessEnv) {
    const child = spawn(command, flags, {
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#ended = once(child, 'close');
  }

  /** The address of the ready line. Rejects when the process ends before it is ready. */
  async ready(): Promise<string> {
    const line = new Promise<string>((resolve) => {
      const look = () => {
        const url = /ready: (amqp:\/\/[^\s,]+).*\n/.exec(this.stdout)?.[1];
        if (url !== undefined) resolve(url.replace('//', '//guest:guest@'));
      };
      this.#child.stdout?.on('data', look);
      look();
    });
    const ended = this.#ended.then(([code]) => {
      throw new Error(`ended with ${code} before it was ready: ${this.stderr}`);
    });
    return Promise.race([line, ended]);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The exit code, or the signal that ended the process. */
  async ended(): Promise<number | string> {
    const [code, signal] = (await this.#ended) as [number | null, string | null];
    return code ?? signal ?? 'unknown';
  }
}

const started: WarrenProcess[] = [];
const directories: string[] = [];

export function warren(
  flags: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): WarrenProcess {
  return remember(new WarrenProcess(process.execPath, [MAIN, ...flags], environment));
}

/** The same with at most `descriptorMax` open file descriptors. */
export function warrenWithDescriptors(
  descriptorMax: number,
  flags: readonly string[],
): WarrenProcess {
  const script = `ulimit -n ${descriptorMax}; exec "$0" "$@"`;
  const words = ['-c', script, process.execPath, MAIN, ...flags];
  return remember(new WarrenProcess('/bin/sh', words, {}));
}

function remember(child: WarrenProcess): WarrenProcess {
  started.push(child);
  return child;
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-process-'));
  directories.push(directory);
  return directory;
}

/** For afterEach: ends what still runs and removes what was written. */
export async function cleanUp(): Promise<void> {
  for (const child of started) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map((child) => child.ended()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
}
