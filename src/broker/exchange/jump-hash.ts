// Jump consistent hash (Lamping and Veach): spreads keys over n buckets so that a new last bucket takes
// its share from all others and moves nothing else. Fixed for good: a change would send the keys of
// running systems to other queues.

/** 32 well-mixed bits of a text: FNV-1a over its UTF-16 units, then murmur's finish. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The bucket, from 0 up to but not `bucketCount`, of a hash; takes about ln(bucketCount) steps. */
export function jumpHash(hash: number, bucketCount: number): number {
  let state = hash | 0;
  let bucket = 0;
  for (let next = 0; next < bucketCount; ) {
    bucket = next;
    state = (state + 0x6d2b79f5) | 0;
    const high = mixed(state);
    state = (state + 0x6d2b79f5) | 0;
    // Above 0, at most 1, in steps of 2^-53.
    const fraction = (high * 0x20_0000 + (mixed(state) >>> 11) + 1) / 2 ** 53;
    next = Math.floor((bucket + 1) / fraction);
  }
  return bucket;
}

/** One draw of the sequence that a hash begins: mulberry32. */
function mixed(state: number): number {
  let value = Math.imul(state ^ (state >>> 15), state | 1);
  value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
  return (value ^ (value >>> 14)) >>> 0;
}
