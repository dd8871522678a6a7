// Fail-stop with injected failures: after the first one no confirm runs and LMDB is not called.

import { describe, expect, it } from 'vitest';
import { DamageLog } from '../../../src/storage/lmdb/damage-log.ts';
import type { Environment, Operation } from '../../../src/storage/lmdb/environment.ts';
import { LmdbJournal } from '../../../src/storage/lmdb/lmdb-journal.ts';
import { putMessages, queueState } from '../../contracts/stored-messages.ts';

/** An environment without content whose writes end as the test says. */
class ScriptedEnvironment implements Environment {
  calls = 0;
  readonly writes: { resolve: () => void; reject: (reason: Error) => void; keys: number }[] = [];

  write(operations: readonly Operation[]): Promise<void> {
    this.calls++;
    return new Promise((resolve, reject) =>
      this.writes.push({ resolve, reject, keys: operations.length }),
    );
  }
  prefetch(_database: string, _keys: Buffer[], callback: () => void): void {
    this.calls++;
    setImmediate(callback);
  }
  get(): Buffer | undefined {
    this.calls++;
    return undefined;
  }
  keys(): Buffer[] {
    this.calls++;
    return [];
  }
  lastKeyUpTo(): Buffer | undefined {
    this.calls++;
    return undefined;
  }
  entries(): { key: Buffer; value: Buffer }[] {
    this.calls++;
    return [];
  }
  endRead(): void {
    this.calls++;
  }
  close(): Promise<void> {
    this.calls++;
    return Promise.resolve();
  }
}

function makeJournal(commitTimeoutMs = 60_000) {
  const environment = new ScriptedEnvironment();
  const fatal: Error[] = [];
  const journal = new LmdbJournal(environment, {
    commitTimeoutMs,
    damage: new DamageLog(() => {}),
    onFatal: (reason) => fatal.push(reason),
    onWrite: () => {},
  });
  return { environment, fatal, journal };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('fail-stop', () => {
  it('stops at the first failed commit, for good', async () => {
    const { environment, fatal, journal } = makeJournal();
    const durable: string[] = [];
    putMessages(journal, 1, 1, ['a']);
    journal.commit(() => durable.push('first'));
    putMessages(journal, 1, 2, ['b']);
    environment.writes[0]?.reject(new Error('no space left on device'));
    await turns();
    expect(fatal.map((reason) => reason.message)).toEqual(['no space left on device']);
    const callsBefore = environment.calls;
    journal.putQueueState(1, queueState(3));
    journal.deleteChunks(1, 0, 10);
    journal.commit(() => durable.push('second'));
    journal.readChunks(1, 0, 10, 10, () => durable.push('read'));
    await turns();
    await journal.close();
    expect(durable).toEqual([]);
    expect(environment.calls).toBe(callsBefore);
    expect(fatal).toHaveLength(1);
  });

  it('treats a commit that does not end as failed, and a late end of it as nothing', async () => {
    const { environment, fatal, journal } = makeJournal(20);
    const durable: string[] = [];
    putMessages(journal, 1, 1, ['a']);
    await new Promise<void>((resolve) => {
      journal.commit(() => durable.push('late'));
      const poll = setInterval(() => {
        if (fatal.length === 0) return;
        clearInterval(poll);
        resolve();
      }, 1);
    });
    expect(fatal[0]?.message).toMatch(/did not end within 0.02 s/);
    environment.writes[0]?.resolve();
    await turns();
    expect(durable).toEqual([]);
    expect(fatal).toHaveLength(1);
  });

  it('keeps the watchdog quiet when commits end', async () => {
    const { environment, fatal, journal } = makeJournal(20);
    let durable = 0;
    for (let i = 0; i < 5; i++) {
      putMessages(journal, 1, i, ['a']);
      journal.commit(() => durable++);
      await new Promise((resolve) => setTimeout(resolve, 8));
      environment.writes[i]?.resolve();
      await turns();
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(durable).toBe(5);
    expect(fatal).toEqual([]);
  });

  it('reads that were under way never call back after a failure', async () => {
    const { environment, journal } = makeJournal();
    let isRead = false;
    putMessages(journal, 1, 1, ['a']);
    journal.commit(() => {});
    journal.readChunks(1, 0, 10, 10, () => (isRead = true));
    environment.writes[0]?.reject(new Error('EIO'));
    await turns();
    expect(isRead).toBe(false);
  });

  it('puts everything of a batch into one write, and nothing of the next', async () => {
    const { environment, journal } = makeJournal();
    putMessages(journal, 1, 1, ['a']);
    putMessages(journal, 2, 1, ['b']);
    journal.putQueueState(1, queueState(2));
    journal.putQueueState(1, queueState(3));
    journal.commit(() => {});
    putMessages(journal, 3, 1, ['c']);
    expect(environment.writes.map((write) => write.keys)).toEqual([3]);
    await turns();
    expect(environment.writes).toHaveLength(1);
  });
});
