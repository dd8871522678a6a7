// Ids of stored definitions and of queue incarnations: one sequence for all kinds, never reused, also
// not after a crash. Ids are reserved in blocks by one record, written in the batch that uses the
// first id of the block or in an earlier one; a restart goes on behind the reserved block.

import type { Metadata, MetadataRecord } from '../metadata.ts';
import { RecordFields } from './records.ts';

/** Id of the record of kind `node` that holds the end of the reserved block. */
export const ID_SEQUENCE_RECORD = 1;
const BLOCK_IDS = 1024;

export class IdSequence {
  readonly #metadata: Metadata;
  #next = 1;
  #reservedEnd = 1;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  /** At start, before the first `take`: goes on behind every id given before. */
  restore(records: readonly MetadataRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'node' || record.id !== ID_SEQUENCE_RECORD) continue;
      this.#next = new RecordFields(record).number('reserved_end');
      this.#reservedEnd = this.#next;
    }
  }

  /** The first of `count` ids that follow each other. */
  take(count = 1): number {
    if (this.#next + count > this.#reservedEnd) {
      this.#reservedEnd += BLOCK_IDS;
      this.#metadata.put({
        kind: 'node',
        id: ID_SEQUENCE_RECORD,
        fields: { reserved_end: this.#reservedEnd },
      });
    }
    const first = this.#next;
    this.#next += count;
    return first;
  }
}
