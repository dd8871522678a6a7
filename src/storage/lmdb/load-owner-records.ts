// What is read at start, beside the states of queues: which storage ids there are, their delayed
// messages' states and their deduplication windows. Invariant: damage costs the entry, never the start.

import type { DeduplicationEntry, DelayedState } from '../../broker/journal.ts';
import { RECORD_FLAGS_OFFSET, RECORD_PERSISTENT } from '../../broker/message/record.ts';
import { decodeDeduplicationEntry, decodeDelayedState } from '../record-codec.ts';
import type { DamageLog } from './damage-log.ts';
import type { DatabaseName, Environment } from './environment.ts';
import {
  chunkKey,
  delayedPlaceOf,
  POSITION_LIMIT,
  positionOf,
  queueKey,
  rangeEnd,
  storageIdOf,
} from './keys.ts';
import type { Sweeper } from './sweeper.ts';

const KEYS_PER_STEP = 256;
/** Sequences given before the crash that left no trace are not given again. */
const UNSEEN_SEQUENCES = 2 ** 24;
const OWNER_DATABASES: readonly DatabaseName[] = [
  'queues',
  'chunks',
  'settled',
  'counts',
  'delayed-states',
  'delayed',
  'deduplication',
];

/** Every storage id in the store. Skips from one to the next: its cost is their number. */
export function storedOwners(environment: Environment): Set<number> {
  const found = new Set<number>();
  for (const database of OWNER_DATABASES) {
    let start: Buffer | undefined = queueKey(0);
    while (start !== undefined) {
      const key: Buffer | undefined = environment.keys(database, start, undefined, 1)[0];
      if (key === undefined) break;
      const storageId = storageIdOf(key);
      found.add(storageId);
      start = rangeEnd(storageId, POSITION_LIMIT);
    }
  }
  environment.endRead();
  return found;
}

export function loadDelayedStates(
  environment: Environment,
  sweeper: Sweeper,
  damage: DamageLog,
): Map<number, DelayedState> {
  const states = new Map<number, DelayedState>();
  for (const { key, value } of environment.entries('delayed-states')) {
    const storageId = storageIdOf(key);
    if (sweeper.isDropped(storageId)) continue;
    let state = decodeDelayedState(value);
    if (state === undefined) {
      damage.add('delayed-state', storageId, -1, value);
      state = countDelayed(environment, storageId);
    }
    states.set(storageId, state);
  }
  environment.endRead();
  return states;
}

function countDelayed(environment: Environment, storageId: number): DelayedState {
  let messageCount = 0;
  let last = 0;
  for (const key of ownKeys(environment, 'delayed', storageId)) {
    const record = environment.get('delayed', key);
    if (((record?.[RECORD_FLAGS_OFFSET] ?? 0) & RECORD_PERSISTENT) !== 0) messageCount++;
    last = Math.max(last, delayedPlaceOf(key).sequence);
  }
  return { nextSequence: last + UNSEEN_SEQUENCES, messageCount };
}

export function loadDeduplicationEntries(
  environment: Environment,
  sweeper: Sweeper,
  damage: DamageLog,
  storageId: number,
): DeduplicationEntry[] {
  const entries: DeduplicationEntry[] = [];
  if (sweeper.isDropped(storageId)) return entries;
  for (const key of ownKeys(environment, 'deduplication', storageId)) {
    const value = environment.get('deduplication', key) as Buffer;
    const entry = decodeDeduplicationEntry(positionOf(key), value);
    if (entry !== undefined) entries.push(entry);
    else damage.add('deduplication-entry', storageId, positionOf(key), value);
  }
  environment.endRead();
  return entries;
}

/** All keys of a storage id, in steps. */
function* ownKeys(
  environment: Environment,
  database: DatabaseName,
  storageId: number,
): Generator<Buffer> {
  const end = rangeEnd(storageId, POSITION_LIMIT);
  let start = chunkKey(storageId, 0);
  for (;;) {
    const keys = environment.keys(database, start, end, KEYS_PER_STEP);
    yield* keys;
    const last = keys.at(-1);
    if (last === undefined || keys.length < KEYS_PER_STEP) return;
    // The smallest key behind it.
    start = Buffer.concat([last, Buffer.alloc(1)]);
  }
}
