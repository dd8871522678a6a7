// The way to the management API without a password: a socket that only the broker's own user of this machine may
// open. It is there exactly while the broker runs; one that a killed broker left is replaced.

import { lstatSync, rmSync } from 'node:fs';
import { ManagementServer, type ManagementServerOptions } from './http-server.ts';

export type LocalSocketOptions = Omit<
  ManagementServerOptions,
  'address' | 'pathPrefix' | 'localUser'
> &
  Required<Pick<ManagementServerOptions, 'localUser'>>;

/** Neither group nor others. */
const PRIVATE_UMASK = 0o177;

/** The caller holds the lock of the directory. Rejects with the system's error. */
export function listenLocally(
  path: string,
  options: LocalSocketOptions,
): Promise<ManagementServer> {
  removeStale(path);
  const umask = process.umask(PRIVATE_UMASK);
  // The system makes the socket inside of this call, so it never has another mode.
  const listening = ManagementServer.listen({ ...options, address: { path }, pathPrefix: '' });
  process.umask(umask);
  return listening;
}

function removeStale(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) rmSync(path);
}
