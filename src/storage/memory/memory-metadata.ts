// Definitions of `--memory` and of tests. Records join the journal's batch, like those on disk, and
// are kept encoded, so that what is loaded shares nothing with what was put.

import type { Metadata, MetadataKind, MetadataRecord } from '../../broker/metadata.ts';
import { decodeFields, encodeFields, metadataKey, parseMetadataKey } from '../record-codec.ts';
import type { MemoryJournal } from './memory-journal.ts';

export class MemoryMetadata implements Metadata {
  readonly #journal: MemoryJournal;
  /** By the key on disk in hexadecimal, whose order is that of kind and id. */
  readonly #records = new Map<string, Buffer>();

  constructor(journal: MemoryJournal) {
    this.#journal = journal;
  }

  load(): MetadataRecord[] {
    const records: MetadataRecord[] = [];
    for (const key of [...this.#records.keys()].sort()) {
      const name = parseMetadataKey(Buffer.from(key, 'hex'));
      const fields = decodeFields(this.#records.get(key) as Buffer);
      if (name !== undefined && fields !== undefined) records.push({ ...name, fields });
    }
    return records;
  }

  put(record: MetadataRecord): void {
    const key = metadataKey(record.kind, record.id).toString('hex');
    const value = encodeFields(record.fields);
    this.#journal.join(() => this.#records.set(key, value), value.length);
  }

  delete(kind: MetadataKind, id: number): void {
    const key = metadataKey(kind, id).toString('hex');
    this.#journal.join(() => this.#records.delete(key), 0);
  }
}
