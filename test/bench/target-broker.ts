// A broker to measure: ours, started as its own process with a data directory of its own, or one that already runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TargetBroker {
  readonly uri: string;
  /** 0: unknown, its CPU and memory are not reported. */
  readonly pid: number;
  /** Where its management API and its metrics are; none: it is not ours. */
  readonly httpUrls: readonly string[];
  /** Kills it without warning and starts it again, without waiting until it is ready; only for ours. */
  crashAndStart?(): Promise<void>;
  stop(): Promise<void>;
}

export function runningBroker(uri: string, pid: number): TargetBroker {
  return { uri, pid, httpUrls: [], stop: async () => {} };
}

const entry = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const startDeadlineMilliseconds = 30_000;

/** `pinned`: on core 0 alone, where there is taskset. `profiles`: a directory for its CPU profile. */
export async function startOwnBroker(pinned: boolean, profiles?: string): Promise<TargetBroker> {
  const directory = await mkdtemp(join(tmpdir(), 'warren-bench-'));
  const port = await freePort();
  const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  let child = launch(directory, port, pinned, flags);
  let httpUrls: readonly string[];
  try {
    httpUrls = (await ready(child)).match(/http:\/\/[^ ,]+/g) ?? [];
  } catch (error) {
    await end(child, 'SIGKILL');
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  return {
    uri: `amqp://guest:guest@127.0.0.1:${port}/%2f`,
    get pid() {
      return child.pid ?? 0;
    },
    httpUrls,
    async crashAndStart() {
      await end(child, 'SIGKILL');
      child = launch(directory, port, pinned);
    },
    async stop() {
      await end(child, 'SIGTERM');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function launch(
  directory: string,
  port: number,
  pinned: boolean,
  flags: readonly string[] = [],
): ChildProcess {
  const args = [
    ...flags,
    entry,
    'start',
    '--data-dir',
    directory,
    '--amqp-port',
    String(port),
    '--management-port',
    '0',
    '--prometheus-port',
    '0',
  ];
  const command = pinned ? 'taskset' : process.execPath;
  const prefix = pinned ? ['-c', '0', process.execPath] : [];
  return spawn(command, [...prefix, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Resolves with what it said up to its ready line; the broker's words are repeated where it ends instead. */
function ready(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const give = (reason: string) => reject(new Error(`the broker ${reason}:\n${output}`));
    const timer = setTimeout(() => give('was not ready in time'), startDeadlineMilliseconds);
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
      if (/ ready: .*\n/.test(output)) {
        clearTimeout(timer);
        resolve(output);
      }
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => give(`could not be started: ${error.message}`));
    child.once('exit', (code) => {
      clearTimeout(timer);
      give(`ended with code ${code}`);
    });
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
