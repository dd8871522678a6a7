// Bytes flipped on the disk: damage is named, counted, set aside, and never hides a neighbour.

import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DelayedRead } from '../../../src/broker/journal.ts';
import { LmdbEnvironment } from '../../../src/storage/lmdb/environment.ts';
import type { StorageDamage } from '../../../src/storage/store.ts';
import {
  bodyOf,
  commit,
  makeRecord,
  messagesOf,
  putMessages,
  queueState,
  readChunks,
} from '../../contracts/stored-messages.ts';
import { makeDirectory, openIn, removeDirectory } from './data-directory.ts';

describe('damage on disk', () => {
  let directory: string;
  let damages: StorageDamage[];

  beforeEach(() => {
    directory = makeDirectory();
    damages = [];
  });
  afterEach(() => removeDirectory(directory));

  const dataFile = (): string => path.join(directory, 'warren.mdb');
  const open = () => openIn(directory, { onDamage: (damage) => damages.push(damage) });

  async function fill(bodies: readonly string[]): Promise<void> {
    const store = await open();
    putMessages(store.journal, 3, 100, bodies);
    putMessages(store.journal, 3, 200, ['neighbour']);
    store.journal.putSettled(3, 100, Uint8Array.of(0b10));
    store.journal.putQueueState(3, queueState(201, bodies.length));
    store.metadata.put({ kind: 'queue', id: 1, fields: { name: 'queue-name-on-disk' } });
    await commit(store.journal);
    await store.close();
  }

  /** Changes bytes at each place where `needle` is in the data file; pages of old snapshots included. */
  function overwrite(needle: string | Buffer, offset: number, bytes: Buffer): number {
    const content = fs.readFileSync(dataFile());
    let count = 0;
    for (let at = content.indexOf(needle); at >= 0; at = content.indexOf(needle, at + 1)) {
      bytes.copy(content, at + offset);
      count++;
    }
    fs.writeFileSync(dataFile(), content);
    return count;
  }

  it('isolates one record', async () => {
    await fill(['message-zero', 'message-one', 'message-two', 'message-three']);
    expect(overwrite('message-two', 3, Buffer.from('X'))).toBeGreaterThan(0);
    const store = await open();
    const chunks = await readChunks(store.journal, 3);
    expect(chunks[0]?.damaged).toEqual([2]);
    // Position 101 is settled.
    expect([...messagesOf(chunks)]).toEqual([
      [100, 'message-zero'],
      [103, 'message-three'],
      [200, 'neighbour'],
    ]);
    expect(damages).toMatchObject([{ what: 'record', storageId: 3, position: 102 }]);
    await readChunks(store.journal, 3);
    expect(store.damagedCount).toBe(1);
    await commit(store.journal);
    await store.close();
    const environment = new LmdbEnvironment(dataFile());
    const aside = environment.entries('damaged');
    expect(aside.map(({ value }) => value.includes('mesXage-two'))).toEqual([true]);
    await environment.close();
  });

  it('sets aside the rest of a chunk whose lengths are damaged', async () => {
    await fill(['message-zero', 'message-one', 'message-two']);
    const record = 'message-one';
    // The length stands before checksum, flags, two names and the content header.
    const back = 7 + 22 + 1 + 4 + 9 + 9;
    overwrite(record, -back, Buffer.of(0x7f, 0xff, 0xff, 0xff));
    const store = await open();
    const chunks = await readChunks(store.journal, 3);
    expect(chunks[0]?.damaged).toEqual([1]);
    expect([...messagesOf(chunks).values()]).toEqual(['message-zero', 'neighbour']);
    expect(damages).toMatchObject([{ what: 'chunk-tail', storageId: 3, position: 101 }]);
    // A read that starts within the lost part still tells of it.
    const [tail] = await readChunks(store.journal, 3, 102);
    expect(tail?.firstPosition).toBe(100);
    await store.close();
  });

  it('delivers again what a damaged bitmap had settled', async () => {
    await fill(['message-zero', 'message-one']);
    const environment = new LmdbEnvironment(dataFile());
    const [bitmap] = environment.entries('settled');
    environment.endRead();
    await environment.close();
    overwrite(bitmap?.value as Buffer, 5, Buffer.of(0xff));
    const store = await open();
    const messages = messagesOf(await readChunks(store.journal, 3));
    expect([...messages.keys()]).toEqual([100, 101, 200]);
    expect(damages).toMatchObject([{ what: 'settled-bitmap', position: 100 }]);
    await store.close();
  });

  it('counts a queue anew when its state is damaged', async () => {
    await fill(['message-zero', 'message-one', 'message-two']);
    const environment = new LmdbEnvironment(dataFile());
    const [state] = environment.entries('queues');
    environment.endRead();
    await environment.close();
    overwrite(state?.value as Buffer, 10, Buffer.of(0xff));
    const store = await open();
    const rebuilt = store.journal.loadQueueStates().get(3);
    expect(rebuilt).toMatchObject({ floorPosition: 0, messageCount: 3 });
    expect(rebuilt?.bodyBytes).toBe('message-zeromessage-twoneighbour'.length);
    expect(rebuilt?.nextPosition).toBeGreaterThan(200);
    expect(rebuilt?.cursorPosition).toBe(rebuilt?.nextPosition);
    expect(damages).toMatchObject([{ what: 'queue-state', storageId: 3, position: -1 }]);
    await store.close();
  });

  it('isolates one delayed record, and counts anew when their state is damaged', async () => {
    const before = await open();
    const bodies = ['delayed-zero', 'delayed-one', 'delayed-two'];
    bodies.forEach((body, sequence) => {
      before.journal.putDelayed(3, { dueMs: 500, sequence }, makeRecord(body));
    });
    before.journal.putDelayedState(3, { nextSequence: 3, messageCount: 3 });
    await commit(before.journal);
    await before.close();
    const environment = new LmdbEnvironment(dataFile());
    const [state] = environment.entries('delayed-states');
    environment.endRead();
    await environment.close();
    overwrite(state?.value as Buffer, 10, Buffer.of(0xff));
    expect(overwrite('delayed-one', 3, Buffer.from('X'))).toBeGreaterThan(0);

    const store = await open();
    const counted = store.journal.loadDelayedStates().get(3);
    expect(counted?.messageCount).toBe(3);
    expect(counted?.nextSequence).toBeGreaterThan(2);
    const read = await new Promise<DelayedRead>((resolve) =>
      store.journal.readDelayed(3, { dueMs: 0, sequence: 0 }, 500, 1 << 20, resolve),
    );
    const readBodies = read.records.map(({ record }) => record && bodyOf(record));
    expect(readBodies).toEqual(['delayed-zero', undefined, 'delayed-two']);
    expect(damages).toMatchObject([
      { what: 'delayed-state', storageId: 3, position: -1 },
      { what: 'delayed-record', storageId: 3, position: 1 },
    ]);
    await commit(store.journal);
    await store.close();
    const after = new LmdbEnvironment(dataFile());
    const aside = after.entries('damaged').map(({ value }) => value.includes('delXyed-one'));
    expect(aside).toContain(true);
    await after.close();
  });

  it('forgets a damaged delivery count and a damaged deduplication entry, and names them', async () => {
    const before = await open();
    putMessages(before.journal, 3, 100, ['a', 'b']);
    before.journal.putDeliveryCount(3, 100, 0x01020304);
    before.journal.putDeliveryCount(3, 101, 1);
    for (const [sequence, key] of ['key-of-zero', 'key-of-one'].entries()) {
      const entry = { sequence, key: Buffer.from(key), expiresMs: 1 };
      before.journal.putDeduplicationEntry(3, entry);
    }
    await commit(before.journal);
    await before.close();
    overwrite(Buffer.of(1, 2, 3, 4), 0, Buffer.of(9));
    overwrite('key-of-zero', 0, Buffer.from('X'));
    const store = await open();
    const [chunk] = await readChunks(store.journal, 3);
    expect(chunk?.deliveryCounts).toEqual(new Map([[101, 1]]));
    const entries = store.journal.loadDeduplicationEntries(3);
    expect(entries.map(({ key }) => key.toString())).toEqual(['key-of-one']);
    expect(damages).toMatchObject([
      { what: 'delivery-count', storageId: 3, position: 100 },
      { what: 'deduplication-entry', storageId: 3, position: 0 },
    ]);
    await commit(store.journal);
    await store.close();
  });

  it('refuses to go on without a definition', async () => {
    await fill(['a']);
    overwrite('queue-name-on-disk', 2, Buffer.from('X'));
    const store = await open();
    expect(() => store.metadata.load()).toThrow(/definition queue 1 is damaged/);
    await store.close();
  });
});
