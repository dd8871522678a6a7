// What every store of definitions must do, whatever the engine.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MetadataRecord } from '../../src/broker/metadata.ts';
import type { Store } from '../../src/storage/store.ts';
import type { StoreUnderTest } from './journal-contract.ts';
import { commit, messagesOf, putMessages, readChunks } from './stored-messages.ts';

export function describeMetadata(name: string, create: () => StoreUnderTest): void {
  describe(`metadata contract: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: Store;

    async function reopenIfKept(): Promise<void> {
      if (!subject.isKept) return;
      await store.close();
      store = await subject.open();
    }

    beforeEach(async () => {
      subject = create();
      store = await subject.open();
    });

    afterEach(async () => {
      await store.close();
      await subject.dispose();
    });

    it('loads every record in order of kind and id, with every kind of value', async () => {
      const records: MetadataRecord[] = [
        { kind: 'node', id: 1, fields: { name: 'warren@host' } },
        { kind: 'vhost', id: 2, fields: { name: '/', tracing: false } },
        { kind: 'user', id: 3, fields: { name: 'guest', tags: ['administrator', 'a "b" é'] } },
        { kind: 'permission', id: 1, fields: { read: '.*' } },
        {
          kind: 'exchange',
          id: 2 ** 40,
          fields: { arguments: Uint8Array.of(0, 255, 1), ttl: 1.5 },
        },
        { kind: 'queue', id: 9, fields: { storage_id: 4_294_967_295, empty: '', none: [] } },
        { kind: 'queue', id: 10, fields: {} },
        { kind: 'binding', id: 1, fields: { base64: 'not bytes' } },
      ];
      for (const record of records.toReversed()) store.metadata.put(record);
      expect(store.metadata.load()).toEqual([]);
      await commit(store.journal);
      await reopenIfKept();
      expect(store.metadata.load()).toEqual(records);
    });

    it('replaces and deletes, and ignores unknown records', async () => {
      store.metadata.put({ kind: 'queue', id: 1, fields: { name: 'old' } });
      store.metadata.put({ kind: 'queue', id: 2, fields: { name: 'gone' } });
      await commit(store.journal);
      store.metadata.put({ kind: 'queue', id: 1, fields: { name: 'new' } });
      store.metadata.delete('queue', 2);
      store.metadata.delete('binding', 77);
      await commit(store.journal);
      await reopenIfKept();
      expect(store.metadata.load()).toEqual([{ kind: 'queue', id: 1, fields: { name: 'new' } }]);
    });

    it('joins the batch of the journal', async () => {
      expect(store.journal.isBatchEmpty).toBe(true);
      store.metadata.put({ kind: 'queue', id: 1, fields: { name: 'q' } });
      expect(store.journal.isBatchEmpty).toBe(false);
      expect(store.journal.batchBytes).toBeGreaterThan(0);
      putMessages(store.journal, 1, 1, ['a']);
      await commit(store.journal);
      await reopenIfKept();
      expect(store.metadata.load()).toHaveLength(1);
      expect(messagesOf(await readChunks(store.journal, 1)).size).toBe(1);
    });

    it('gives back whatever fields were put', async () => {
      const value = fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
        fc.boolean(),
        fc.uint8Array(),
        fc.array(fc.string()),
      );
      const fields = fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        value,
        { noNullPrototype: true },
      );
      const property = fc.asyncProperty(fields, async (each) => {
        store.metadata.put({ kind: 'user', id: 1, fields: each });
        await commit(store.journal);
        expect(store.metadata.load()).toEqual([{ kind: 'user', id: 1, fields: each }]);
      });
      await fc.assert(property, { numRuns: 50 });
    });
  });
}
