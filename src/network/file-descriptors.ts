// How many sockets this process can hold. Some descriptors stay reserved: a store that cannot open a
// file because clients took every descriptor would be a failure, a refused client is none.

import { readFileSync } from 'node:fs';

/** For the store, the log, listeners, and the runtime itself (about 30 in use when idle). */
const RESERVED = 64;

/** Infinity where the limit cannot be known. */
export function socketMax(limits = readLimits()): number {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined || soft === 'unlimited') return Number.POSITIVE_INFINITY;
  // With a tiny limit the half of it is all that can be reserved.
  return Math.max(Number(soft) - RESERVED, Math.floor(Number(soft) / 2));
}

function readLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    // Not Linux.
    return '';
  }
}
