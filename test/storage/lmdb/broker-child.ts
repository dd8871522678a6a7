// A process that commits without end and prints each position as it is durable, for the tests that
// kill it. Arguments: directory, bytes per message. Exit code 70 after a fatal failure, as a node does.

import fs from 'node:fs';
import { openStore } from '../../../src/storage/create-store.ts';
import { makeRecord, putMessages, queueState } from '../../contracts/stored-messages.ts';

const [directory, bodyBytes] = process.argv.slice(2) as [string, string];

function print(line: string): void {
  // Synchronous: what was printed has left the process when it is killed.
  fs.writeSync(1, `${line}\n`);
}

const store = await openStore({
  engine: 'lmdb',
  directory,
  ballastBytes: 0,
  diskFreeLimitBytes: 1,
  onFatal: (reason) => {
    print(`fatal ${reason.message}`);
    process.exit(70);
  },
});
const { journal } = store;
let position = journal.loadQueueStates().get(1)?.nextPosition ?? 0;
print(`open ${position}`);

/** Due times that go up and down. */
function delayedPlace(sequence: number): { dueMs: number; sequence: number } {
  return { dueMs: 1000 + ((sequence * 7919) % 1009), sequence };
}

/**
 * Batches of 1 to 8 chunks in two queues; every tenth batch drops what lies 200 behind in queue 2. Each
 * message is also held back in owner 3, until it moves to queue 4 with the one that comes 50 later.
 */
function next(): void {
  const count = 1 + (position % 8);
  for (let i = 0; i < count; i++) {
    const body = `${position}:`.padEnd(Number(bodyBytes), '.');
    putMessages(journal, 1, position, [body]);
    putMessages(journal, 2, position, [body]);
    journal.putDelayed(3, delayedPlace(position), makeRecord(body));
    const released = position - 50;
    if (released >= 0) {
      journal.deleteDelayed(3, delayedPlace(released));
      putMessages(journal, 4, released, [`${released}:`]);
    }
    const key = Buffer.from(String(position));
    journal.putDeduplicationEntry(3, { sequence: position, key, expiresMs: position });
    if (position >= 100) journal.deleteDeduplicationEntry(3, position - 100);
    position++;
  }
  if (position % 10 === 0 && position > 200) journal.deleteChunks(2, 0, position - 200);
  journal.putQueueState(1, queueState(position));
  journal.putDelayedState(3, { nextSequence: position, messageCount: Math.min(position, 50) });
  const durable = position;
  journal.commit(() => {
    print(`durable ${durable}`);
    next();
  });
}
next();
