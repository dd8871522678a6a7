// A process that commits without end and prints each position as it is durable, for the tests that
// kill it. Arguments: directory, bytes per message. Exit code 70 after a fatal failure, as a node does.

import fs from 'node:fs';
import { openStore } from '../../../src/storage/create-store.ts';
import { putMessages, queueState } from '../../contracts/stored-messages.ts';

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

/** Batches of 1 to 8 chunks in two queues; every tenth batch drops what lies 200 behind in queue 2. */
function next(): void {
  const count = 1 + (position % 8);
  for (let i = 0; i < count; i++) {
    const body = `${position}:`.padEnd(Number(bodyBytes), '.');
    putMessages(journal, 1, position, [body]);
    putMessages(journal, 2, position, [body]);
    position++;
  }
  if (position % 10 === 0 && position > 200) journal.deleteChunks(2, 0, position - 200);
  journal.putQueueState(1, queueState(position));
  const durable = position;
  journal.commit(() => {
    print(`durable ${durable}`);
    next();
  });
}
next();
