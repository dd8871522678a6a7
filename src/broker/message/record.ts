// The layout of one stored message, the same in a segment's slab and in a journal chunk:
//
//   0  uint32  recordBytes   the whole record, this field included
//   4  uint32  checksum      CRC-32 of [8, recordBytes), filled by the journal engine, else 0
//   8  uint8   flags         RECORD_PERSISTENT, …
//   9  names                 exchange short string, routing-key short string, as in basic.publish
//   …  0xCE                  so that names + 0xCE is the tail of a basic.deliver frame as it stands
//   …  content frames        one header frame and the body frames, each whole (head, payload, 0xCE)
//   …  trailer               only with RECORD_TRAILER, see record-trailer.ts
//
// A delivery is therefore one copy of [9, end of the content frames) behind the consumer's prefix.

export const RECORD_CHECKSUM_OFFSET = 4;
export const RECORD_CHECKED_OFFSET = 8;
export const RECORD_FLAGS_OFFSET = 8;
export const RECORD_HEAD_BYTES = 9;

/** The message was published with delivery-mode 2. */
export const RECORD_PERSISTENT = 1;
/** The record ends with a trailer, which no client sees. */
export const RECORD_TRAILER = 2;
/** The headers of death (x-death and others) are ours, not the publisher's. */
export const RECORD_DEAD_LETTERED = 4;

/** recordBytes of the record at `offset`. */
export function recordBytesAt(slab: Uint8Array, offset: number): number {
  return (
    (((slab[offset] as number) << 24) |
      ((slab[offset + 1] as number) << 16) |
      ((slab[offset + 2] as number) << 8) |
      (slab[offset + 3] as number)) >>>
    0
  );
}
