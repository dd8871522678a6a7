// The simulated store keeps the same contract as the real engines; a crash keeps batches whole.

import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/storage/store.ts';
import { describeJournal, type StoreUnderTest } from '../contracts/journal-contract.ts';
import { describeMetadata } from '../contracts/metadata-contract.ts';
import { messagesOf, putMessages, queueState } from '../contracts/stored-messages.ts';
import { Agenda } from './simulated-clock.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { FAST_STORE, NO_OBSERVER } from './simulated-node.ts';
import { SimulatedStore } from './simulated-store.ts';

/** Lets virtual time follow real turns, so that the contract's promises resolve. */
function opened(disk: SimulatedDisk): Store {
  const agenda = new Agenda();
  const store = new SimulatedStore(agenda, disk, FAST_STORE, NO_OBSERVER);
  const pump = setInterval(() => agenda.runFor(10), 0);
  return {
    kind: 'memory',
    epoch: 1,
    damagedCount: 0,
    journal: store,
    metadata: store,
    close: async () => {
      while (store.isCommitting) await new Promise((resolve) => setImmediate(resolve));
      clearInterval(pump);
      await store.close();
    },
    freeBytes: () => Promise.resolve(Number.POSITIVE_INFINITY),
  };
}

function simulated(): StoreUnderTest {
  const disk = new SimulatedDisk();
  return {
    open: () => Promise.resolve(opened(disk)),
    isKept: true,
    dispose: () => Promise.resolve(),
  };
}

describeJournal('simulated', simulated);
describeMetadata('simulated', simulated);

describe('a crash of the simulated store', () => {
  function crashed(isInFlightDurable: boolean): SimulatedDisk {
    const agenda = new Agenda();
    const disk = new SimulatedDisk();
    const store = new SimulatedStore(agenda, disk, FAST_STORE, NO_OBSERVER);
    putMessages(store, 1, 0, ['durable']);
    store.commit(() => {});
    agenda.runFor(10);
    putMessages(store, 1, 1, ['in flight, one']);
    store.putQueueState(1, queueState(2));
    store.commit(() => {
      throw new Error('a crashed store reports nothing');
    });
    putMessages(store, 1, 2, ['never committed']);
    store.crash(isInFlightDurable);
    agenda.runFor(10);
    return disk;
  }

  it('keeps durable batches and loses the rest', () => {
    const disk = crashed(false);
    expect([...messagesOf(disk.readChunks(1, 0, 100, 1 << 20)).keys()]).toEqual([0]);
    expect(disk.queueStates().size).toBe(0);
  });

  it('or keeps the batch in flight, whole', () => {
    const disk = crashed(true);
    expect([...messagesOf(disk.readChunks(1, 0, 100, 1 << 20)).keys()]).toEqual([0, 1]);
    expect(disk.queueStates().get(1)).toEqual(queueState(2));
  });
});
