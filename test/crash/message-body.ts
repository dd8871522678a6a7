// Bodies that say who they are and whether they are whole: `<producer>:<sequence>|<crc32>|<filler>`.

import { crc32 } from 'node:zlib';
import type { MessageId } from './ledger.ts';

export function makeBody(id: MessageId, fillerBytes: number): Buffer {
  const filler = Buffer.alloc(fillerBytes, id);
  const sum = crc32(filler, crc32(id));
  return Buffer.concat([Buffer.from(`${id}|${sum.toString(16)}|`), filler]);
}

/** The id of a whole body; undefined when it was changed. */
export function readBody(body: Buffer): MessageId | undefined {
  const idEnd = body.indexOf('|');
  const sumEnd = body.indexOf('|', idEnd + 1);
  if (idEnd < 0 || sumEnd < 0) return undefined;
  const id = body.toString('latin1', 0, idEnd);
  const sum = body.toString('latin1', idEnd + 1, sumEnd);
  if (crc32(body.subarray(sumEnd + 1), crc32(id)).toString(16) !== sum) return undefined;
  return id as MessageId;
}
