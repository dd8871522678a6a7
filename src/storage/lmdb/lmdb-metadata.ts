// Definitions on LMDB, in the journal's commits. Invariant: a damaged definition refuses the start;
// going on without it would drop the messages of the queue that it names.

import type { Metadata, MetadataKind, MetadataRecord } from '../../broker/metadata.ts';
import { decodeFields, encodeFields, metadataKey, parseMetadataKey } from '../record-codec.ts';
import { StoreError } from '../store.ts';
import type { Environment } from './environment.ts';
import type { LmdbJournal } from './lmdb-journal.ts';

export class LmdbMetadata implements Metadata {
  readonly #environment: Environment;
  readonly #journal: LmdbJournal;

  constructor(environment: Environment, journal: LmdbJournal) {
    this.#environment = environment;
    this.#journal = journal;
  }

  load(): MetadataRecord[] {
    const records: MetadataRecord[] = [];
    for (const { key, value } of this.#environment.entries('metadata')) {
      const name = parseMetadataKey(key);
      const fields = name === undefined ? undefined : decodeFields(value);
      if (name === undefined || fields === undefined) {
        const what = name === undefined ? key.toString('hex') : `${name.kind} ${name.id}`;
        throw new StoreError('damaged', `the stored definition ${what} is damaged`);
      }
      records.push({ ...name, fields });
    }
    this.#environment.endRead();
    return records;
  }

  put(record: MetadataRecord): void {
    const key = metadataKey(record.kind, record.id);
    this.#journal.join({ database: 'metadata', key, value: encodeFields(record.fields) });
  }

  delete(kind: MetadataKind, id: number): void {
    const key = metadataKey(kind, id);
    this.#journal.join({ database: 'metadata', key, value: undefined });
  }
}
