// A range of positions of one queue that is to be removed, and how that intent is stored. Invariant: it
// is durable with the batch that asked for it and gone with the commit that removes the last key, so a
// crash in between neither resurrects messages nor leaves their chunks behind.

import { seal, unseal } from '../record-codec.ts';
import { POSITION_LIMIT } from './keys.ts';

export interface Sweep {
  /** The key under which the intent is stored. */
  readonly sequence: number;
  readonly storageId: number;
  readonly fromPosition: number;
  readonly toPosition: number;
}

/** True for a sweep that removes everything under its storage id: it has no last position. */
export function isDrop(sweep: Sweep): boolean {
  return sweep.fromPosition === 0 && sweep.toPosition >= POSITION_LIMIT;
}

const SEQUENCE_BYTES = 6;
const CONTENT_BYTES = 4 + 8 + 8;

export function sweepKey(sweep: Sweep): Buffer {
  const key = Buffer.allocUnsafe(SEQUENCE_BYTES);
  key.writeUIntBE(sweep.sequence, 0, SEQUENCE_BYTES);
  return key;
}

export function encodeSweep(sweep: Sweep): Buffer {
  const content = Buffer.allocUnsafe(CONTENT_BYTES);
  content.writeUInt32BE(sweep.storageId, 0);
  content.writeDoubleBE(sweep.fromPosition, 4);
  content.writeDoubleBE(sweep.toPosition, 12);
  return seal(content);
}

/** The sweep, or undefined when its bytes are damaged. */
export function decodeSweep(key: Buffer, value: Buffer): Sweep | undefined {
  const content = unseal(value);
  if (content?.length !== CONTENT_BYTES || key.length !== SEQUENCE_BYTES) return undefined;
  return {
    sequence: key.readUIntBE(0, SEQUENCE_BYTES),
    storageId: content.readUInt32BE(0),
    fromPosition: content.readDoubleBE(4),
    toPosition: content.readDoubleBE(12),
  };
}
