// A message that one of its queues keeps as persistent, whatever its publisher said of it. The
// delivery-mode that consumers see stays as it is.

import type { IncomingMessage } from './incoming-message.ts';
import { RECORD_FLAGS_OFFSET, RECORD_PERSISTENT } from './record.ts';

/** Runs `enqueue` while the message is persistent. Its other queues see it as it was published. */
export function asPersistent(message: IncomingMessage, enqueue: () => number): number {
  const { isPersistent, record } = message;
  if (!isPersistent && record !== undefined) {
    // Other queues share the record, and its flag tells what a restart finds.
    const own = Buffer.from(record);
    own[RECORD_FLAGS_OFFSET] = (own[RECORD_FLAGS_OFFSET] as number) | RECORD_PERSISTENT;
    message.record = own;
  }
  message.isPersistent = true;
  const outcome = enqueue();
  message.isPersistent = isPersistent;
  message.record = record;
  return outcome;
}
