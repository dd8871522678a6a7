// The version of the package, from its package.json: the only place that states it.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

function readVersion(): string {
  // One folder up from the sources, two from the compiled files.
  const candidates = ['../package.json', '../../package.json'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error('the package.json of warrenmq is missing');
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof content !== 'object' || content === null || !('version' in content)) {
    throw new Error(`${path} has no version`);
  }
  return String(content.version);
}

export const version: string = readVersion();
