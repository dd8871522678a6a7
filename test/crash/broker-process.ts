// Our broker as a child process: started until it says that it is ready, killed by its own pid.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const READY_TIMEOUT_MS = 60_000;

export class BrokerProcess {
  readonly port: number;
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child;
    this.port = port;
    this.startMs = startMs;
  }

  static async start(dataDirectory: string): Promise<BrokerProcess> {
    const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
    const startedMs = performance.now();
    const child = spawn(
      process.execPath,
      [main, 'start', '--data-dir', dataDirectory, '--amqp-port', '0'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const port = await readyPort(child);
    return new BrokerProcess(child, port, performance.now() - startedMs);
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** SIGKILL: no last words. */
  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    if (!this.isAlive) return;
    this.#child.kill('SIGKILL');
    await exited;
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string) => {
      clearTimeout(timer);
      child.off('exit', onExit);
      child.kill('SIGKILL');
      reject(new Error(`the broker ${why}: ${output.slice(-2000)}`));
    };
    const timer = setTimeout(() => fail('is not ready in time'), READY_TIMEOUT_MS);
    const onExit = (code: number | null) => fail(`ended with code ${code}`);
    child.once('exit', onExit);
    const onOutput = (chunk: Buffer) => {
      output += chunk.toString();
      const port = /ready: amqp:\/\/\S+:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      child.off('exit', onExit);
      child.stdout?.off('data', onOutput).resume();
      resolve(Number(port));
    };
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  });
}
