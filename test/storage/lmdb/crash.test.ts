// Processes that are killed, or whose disk refuses to write: what they reported durable is there.

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DelayedRead, Journal } from '../../../src/broker/journal.ts';
import { bodyOf, messagesOf, readChunks } from '../../contracts/stored-messages.ts';
import { compileSources } from './compiled.ts';
import { makeDirectory, openIn, removeDirectory } from './data-directory.ts';

const CHILD = 'test/storage/lmdb/broker-child';

describe('a process that dies', () => {
  let compiled: string;
  let directory: string;

  beforeAll(() => {
    compiled = compileSources(`${CHILD}.ts`);
  }, 60_000);
  afterAll(() => removeDirectory(compiled));
  beforeEach(() => {
    directory = makeDirectory();
  });
  afterEach(() => removeDirectory(directory));

  const childArguments = (bodyBytes: number): string[] => [
    path.join(compiled, `${CHILD}.js`),
    directory,
    String(bodyBytes),
  ];

  /** Every message below `durable` is there and whole, and the batches after it are whole or absent. */
  async function expectAll(durable: number): Promise<void> {
    const store = await openIn(directory);
    const states = store.journal.loadQueueStates();
    const next = states.get(1)?.nextPosition as number;
    expect(next).toBeGreaterThanOrEqual(durable);
    const messages = messagesOf(await readChunks(store.journal, 1));
    expect(messages.size).toBe(next);
    for (let position = 0; position < next; position++) {
      expect(messages.get(position)?.startsWith(`${position}:`)).toBe(true);
    }
    const others = messagesOf(await readChunks(store.journal, 2));
    for (let position = Math.max(0, next - 190); position < next; position++) {
      expect(others.has(position)).toBe(true);
    }
    await expectOwnerRecords(store.journal, next);
    expect(store.damagedCount).toBe(0);
    await store.close();
  }

  /** The last 50 messages are held back, those before moved on, none is in both places or in none. */
  async function expectOwnerRecords(journal: Journal, next: number): Promise<void> {
    const held = Math.min(next, 50);
    expect(journal.loadDelayedStates().get(3)).toEqual({ nextSequence: next, messageCount: held });
    const { records } = await new Promise<DelayedRead>((resolve) =>
      journal.readDelayed(3, { dueMs: 0, sequence: 0 }, 5000, Number.MAX_SAFE_INTEGER, resolve),
    );
    const bodies = records.map(({ record }) => Number.parseInt(bodyOf(record as Buffer), 10));
    const expected = Array.from({ length: held }, (_, index) => next - held + index);
    expect(bodies.toSorted((one, other) => one - other)).toEqual(expected);
    const dueTimes = records.map(({ dueMs }) => dueMs);
    expect(dueTimes.toSorted((one, other) => one - other)).toEqual(dueTimes);
    const moved = messagesOf(await readChunks(journal, 4));
    expect([...moved.keys()]).toEqual(Array.from({ length: next - held }, (_, index) => index));
    const seen = journal.loadDeduplicationEntries(3).map(({ sequence }) => sequence);
    const remembered = Math.min(next, 100);
    expect(seen).toEqual(Array.from({ length: remembered }, (_, i) => next - remembered + i));
  }

  it('by SIGKILL loses nothing that was durable, and its lock is taken over', async () => {
    let durable = 0;
    for (const [round, commits] of [3, 60, 200, 17, 400].entries()) {
      const child = spawn(process.execPath, childArguments(100 + round * 3000));
      const lines = await killAfter(child, commits);
      expect(lines[0]).toMatch(/^open \d+$/);
      expect(Number(lines[0]?.slice(5))).toBeGreaterThanOrEqual(durable);
      durable = Number(lines.findLast((line) => line.startsWith('durable '))?.slice(8));
      await expectAll(durable);
    }
  }, 60_000);

  // ulimit -f makes the system refuse writes past a size (EFBIG), as a full disk does.
  it.runIf(process.platform === 'linux')(
    'because the disk refuses a write reports nothing durable after it',
    async () => {
      const script = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`;
      const child = spawn('bash', ['-c', script, process.execPath, ...childArguments(5000)]);
      const lines = await linesUntilExit(child);
      expect(child.exitCode).toBe(70);
      expect(lines.at(-1)).toMatch(/^fatal /);
      const durable = lines.filter((line) => line.startsWith('durable '));
      expect(durable.length).toBeGreaterThan(0);
      await expectAll(Number(durable.at(-1)?.slice(8)));
    },
    30_000,
  );
});

function linesUntilExit(child: ChildProcess): Promise<string[]> {
  return killAfter(child, Number.POSITIVE_INFINITY);
}

/** Kills the child once it printed so many commits; resolves with all of its lines. */
function killAfter(child: ChildProcess, commits: number): Promise<string[]> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    if (output.split('durable').length > commits) child.kill('SIGKILL');
  });
  child.stderr?.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', () => {
      const whole = output.slice(0, output.lastIndexOf('\n'));
      if (whole === '') reject(new Error(`the child printed nothing: ${errors}`));
      else resolve(whole.split('\n'));
    });
  });
}
