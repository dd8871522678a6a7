// Where the local socket of the management API lies: the broker makes it there, the command line looks there.

import { join } from 'node:path';

export function localSocketPath(dataDirectory: string): string {
  return join(dataDirectory, 'management.sock');
}
