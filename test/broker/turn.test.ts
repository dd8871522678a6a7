import { expect, test } from 'vitest';
import { Turn } from '../../src/broker/turn.ts';
import { MemoryJournal } from '../../src/storage/memory/memory-journal.ts';
import { HeldJournal } from '../support/core/held-journal.ts';
import { ManualClock } from '../support/core/manual-clock.ts';

class Bench {
  readonly clock = new ManualClock();
  readonly journal = new HeldJournal(new MemoryJournal());
  readonly turn = new Turn(this.clock, this.journal, 0);
  readonly log: string[] = [];

  constructor() {
    this.journal.onCommitStart = () => this.log.push('commit');
  }

  write(name: string): void {
    this.turn.collectLater({
      collect: (journal) => {
        this.log.push(`collect ${name}`);
        journal.deleteChunk(1, 1);
      },
      committed: () => this.log.push(`committed ${name}`),
    });
  }

  awaitCommit(name: string, onDurable: () => void = () => undefined): void {
    this.turn.awaitCommit({
      commitStarted: () => this.log.push(`started ${name}`),
      commitDurable: () => {
        this.log.push(`durable ${name}`);
        onDurable();
      },
    });
  }

  takeLog(): string[] {
    return this.log.splice(0);
  }
}

test('a turn ends with deliveries, commit, confirms, writes; in that order', () => {
  const { turn, clock, log, ...bench } = new Bench();
  void bench;
  turn.flushLater({ flush: () => log.push('flush') });
  turn.confirmLater({ sendConfirms: () => log.push('confirm') });
  turn.collectLater({
    collect: (journal) => {
      log.push('collect');
      journal.deleteChunk(1, 1);
    },
    committed: () => log.push('committed'),
  });
  turn.dispatchLater({ dispatch: () => log.push('dispatch') });
  expect(log).toEqual([]);
  clock.endTurn();
  expect(log).toEqual(['dispatch', 'collect', 'commit', 'confirm', 'flush']);
  expect(clock.isTurnPending).toBe(false);
});

test('what dispatching adds joins the same turn', () => {
  const bench = new Bench();
  bench.turn.dispatchLater({
    dispatch: () => {
      bench.log.push('first');
      bench.turn.dispatchLater({ dispatch: () => bench.log.push('second') });
      bench.turn.flushLater({ flush: () => bench.log.push('flush') });
      bench.write('q');
    },
  });
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['first', 'second', 'collect q', 'commit', 'flush']);
});

test('while one commit is in flight everything else collects into the next', async () => {
  const bench = new Bench();
  bench.write('a');
  bench.awaitCommit('a');
  bench.clock.endTurn();
  bench.write('b');
  bench.awaitCommit('b');
  bench.clock.endTurn();
  bench.write('c');
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['collect a', 'started a', 'commit']);
  await bench.journal.finishCommit();
  expect(bench.takeLog()).toEqual([
    'committed a',
    'durable a',
    'collect b',
    'collect c',
    'started b',
    'commit',
  ]);
  await bench.journal.finishCommit();
  expect(bench.takeLog()).toEqual(['committed b', 'committed c', 'durable b']);
  expect(bench.turn.commitCount).toBe(2);
  expect(bench.turn.isCommitPending).toBe(false);
});

test('with nothing to write, waiters are served in the same turn', () => {
  const bench = new Bench();
  bench.awaitCommit('w');
  bench.turn.collectLater({
    collect: () => bench.log.push('collect'),
    committed: () => bench.log.push('committed'),
  });
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['collect', 'committed', 'started w', 'durable w']);
});

test('who waits anew while being served waits for the next commit', () => {
  const bench = new Bench();
  bench.awaitCommit('first', () => bench.awaitCommit('second'));
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['started first', 'durable first']);
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['started second', 'durable second']);
});

test('publishers ahead of the disk are released when it caught up', async () => {
  const bench = new Bench();
  bench.turn.addUncommitted(33 << 20);
  bench.write('q');
  expect(bench.turn.isDiskBehind).toBe(true);
  bench.turn.throttle({ unthrottle: () => bench.log.push('released') });
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['collect q', 'commit']);
  expect(bench.turn.isDiskBehind).toBe(true);
  await bench.journal.finishCommit();
  expect(bench.takeLog()).toContain('released');
  expect(bench.turn.isDiskBehind).toBe(false);
});

test('publishers are released when all they sent was consumed before it had to be written', () => {
  const bench = new Bench();
  bench.turn.addUncommitted(33 << 20);
  bench.turn.throttle({ unthrottle: () => bench.log.push('released') });
  bench.clock.endTurn();
  expect(bench.takeLog()).toEqual(['released']);
});

test('idle means that everything accepted so far is durable', async () => {
  const bench = new Bench();
  bench.write('a');
  bench.turn.whenIdle(() => bench.log.push('idle'));
  bench.clock.endTurn();
  bench.write('b');
  bench.clock.endTurn();
  await bench.journal.finishCommit();
  expect(bench.takeLog()).not.toContain('idle');
  await bench.journal.finishCommit();
  expect(bench.takeLog().at(-1)).toBe('idle');
});

test('what nobody waits for is committed with the next thing that is awaited, or a little later', () => {
  const clock = new ManualClock();
  const journal = new HeldJournal(new MemoryJournal());
  const turn = new Turn(clock, journal);
  const log: string[] = [];
  const settle = (name: string) =>
    turn.collectLater({
      collect: (batch) => {
        log.push(name);
        batch.deleteChunk(1, 1);
      },
      committed: () => undefined,
    });
  settle('first');
  clock.endTurn();
  expect(log).toEqual([]);
  settle('second');
  turn.awaitCommit({ commitStarted: () => log.push('awaited'), commitDurable: () => undefined });
  clock.endTurn();
  expect(log).toEqual(['first', 'second', 'awaited']);
  expect(clock.timerCount).toBe(0);
});

test('without anybody waiting the lazy commit comes by itself', async () => {
  const clock = new ManualClock();
  const journal = new HeldJournal(new MemoryJournal());
  const turn = new Turn(clock, journal);
  let collectedCount = 0;
  turn.collectLater({
    collect: (batch) => {
      collectedCount++;
      batch.deleteChunk(1, 1);
    },
    committed: () => undefined,
  });
  clock.endTurn();
  expect(collectedCount).toBe(0);
  clock.advance(10);
  expect(collectedCount).toBe(1);
  await journal.finishCommit();
  clock.endTurn();
  expect(turn.commitCount).toBe(1);
  expect(clock.timerCount).toBe(0);
});
