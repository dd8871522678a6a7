// One process per data directory, by a lock file that says who holds it. Invariant: the lock of a
// living process is never taken; that of a dead one (also after SIGKILL, a reboot, or when another
// process got its number) is. Holders in another container or host cannot be looked up, so the holder
// touches its file, and one whose file moves is alive.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../store.ts';

const TOUCH_INTERVAL_MS = 1000;
/** How long a holder that cannot be looked up is watched for a sign of life. */
const WATCH_MS = 3500;
/** After a takeover: time in which a rival that judged the same stale lock would have shown itself. */
const SETTLE_MS = 50;

interface Holder {
  readonly token: string;
  readonly pid: number;
  /** When the process started, as the system tells it; '' = unknown. */
  readonly processStart: string;
  /** Where `pid` means something: host, boot and process-number namespace. */
  readonly place: string;
}

export class DirectoryLock {
  readonly #path: string;
  readonly #content: string;
  readonly #touch: NodeJS.Timeout;

  private constructor(lockPath: string, content: string, onLost: (reason: Error) => void) {
    this.#path = lockPath;
    this.#content = content;
    this.#touch = setInterval(() => this.#renew(onLost), TOUCH_INTERVAL_MS);
    this.#touch.unref();
  }

  /** Rejects with a StoreError `locked`. `onLost`: the file is not ours any more, the process must stop. */
  static async acquire(directory: string, onLost: (reason: Error) => void): Promise<DirectoryLock> {
    const lockPath = path.join(directory, 'lock');
    const content = JSON.stringify(describeSelf());
    const draft = `${lockPath}.${process.pid}.${randomBytes(4).toString('hex')}`;
    fs.writeFileSync(draft, content, { flag: 'wx' });
    try {
      if (!linkIfAbsent(draft, lockPath)) await takeOver(draft, lockPath, content, directory);
    } finally {
      fs.rmSync(draft, { force: true });
    }
    return new DirectoryLock(lockPath, content, onLost);
  }

  release(): void {
    clearInterval(this.#touch);
    if (readIfThere(this.#path) === this.#content) fs.rmSync(this.#path, { force: true });
  }

  #renew(onLost: (reason: Error) => void): void {
    try {
      if (readIfThere(this.#path) === this.#content) {
        const now = new Date();
        fs.utimesSync(this.#path, now, now);
        return;
      }
    } catch {
      // Not readable now (say, too many open files): that is no proof that it was taken.
      return;
    }
    clearInterval(this.#touch);
    onLost(new Error(`another process took the lock ${this.#path} of the data directory`));
  }
}

/** Judges the lock that is there and puts ours in its place when its holder is dead. */
async function takeOver(
  draft: string,
  lockPath: string,
  content: string,
  directory: string,
): Promise<void> {
  const found = readIfThere(lockPath);
  const holder = found === undefined ? undefined : parseHolder(found);
  if (holder !== undefined && (await isAlive(holder, lockPath))) {
    throw new StoreError(
      'locked',
      `the data directory ${directory} is in use by another broker (process ${holder.pid}, ${holder.place})`,
    );
  }
  if (readIfThere(lockPath) !== found) throw lostRace(directory);
  fs.copyFileSync(draft, `${draft}.new`);
  fs.renameSync(`${draft}.new`, lockPath);
  await sleep(SETTLE_MS);
  if (readIfThere(lockPath) !== content) throw lostRace(directory);
}

function lostRace(directory: string): StoreError {
  return new StoreError('locked', `another broker is starting in the data directory ${directory}`);
}

async function isAlive(holder: Holder, lockPath: string): Promise<boolean> {
  if (holder.place === describePlace()) return isProcessAlive(holder);
  // Another boot of this machine: nothing of it can be alive.
  const [host, boot] = holder.place.split(' ');
  if (host === os.hostname() && boot !== readBootId()) return false;
  const before = modifiedAt(lockPath);
  for (let waited = 0; waited < WATCH_MS; waited += TOUCH_INTERVAL_MS / 4) {
    await sleep(TOUCH_INTERVAL_MS / 4);
    if (modifiedAt(lockPath) !== before) return true;
  }
  return false;
}

function isProcessAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const start = readProcessStart(holder.pid);
  return start === '' || holder.processStart === '' || start === holder.processStart;
}

function describeSelf(): Holder {
  return {
    token: randomBytes(8).toString('hex'),
    pid: process.pid,
    processStart: readProcessStart(process.pid),
    place: describePlace(),
  };
}

function describePlace(): string {
  let namespace = '';
  try {
    namespace = fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: one numbering of processes per host.
  }
  return `${os.hostname()} ${readBootId()} ${namespace}`.trim();
}

function readBootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '-';
  }
}

/** Start of a process as the system tells it: survives the reuse of its number. '' = cannot be told. */
function readProcessStart(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold spaces; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    if (process.platform === 'linux' || process.platform === 'win32') return '';
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** The holder, or undefined when the file was cut short by a crash of the machine. */
function parseHolder(content: string): Holder | undefined {
  try {
    const holder = JSON.parse(content) as Holder;
    return Number.isInteger(holder.pid) && typeof holder.place === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

function linkIfAbsent(from: string, to: string): boolean {
  try {
    fs.linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function modifiedAt(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
