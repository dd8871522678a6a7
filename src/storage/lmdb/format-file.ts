// The version of what is in the data directory, readable by people. Invariant: it is written after the
// first commit to the data file, so "version file without data file" means lost data, never a crash
// during creation.

import fs from 'node:fs';
import path from 'node:path';
import { StoreError } from '../store.ts';

/** Raised when an older version could not read what this one writes. */
export const FORMAT_VERSION = 1;
const FORMAT_NAME = 'warrenmq';

/** True when the directory was used before. Throws when this version must not touch it. */
export function checkFormat(directory: string, dataFile: string): boolean {
  const hasData = fs.existsSync(dataFile);
  const formatPath = formatFile(directory);
  if (!fs.existsSync(formatPath)) return hasData;
  const version = parseVersion(fs.readFileSync(formatPath, 'utf8'));
  if (version === undefined) {
    throw new StoreError(
      'damaged',
      `${formatPath} cannot be read: it should name the format and its version`,
    );
  }
  if (version > FORMAT_VERSION) {
    throw new StoreError(
      'newer-format',
      `the data directory ${directory} has format ${version}, written by a newer version; this one knows up to ${FORMAT_VERSION}`,
    );
  }
  if (!hasData) {
    throw new StoreError(
      'damaged',
      `the data file ${dataFile} is missing, though ${formatPath} says that it was written; ` +
        'restore it, or move the directory away to start empty',
    );
  }
  return true;
}

/** Writes the version durably; replaces nothing that is there. */
export function writeFormat(directory: string): void {
  const formatPath = formatFile(directory);
  if (fs.existsSync(formatPath)) return;
  const draft = `${formatPath}.new`;
  const content = `${JSON.stringify({ format: FORMAT_NAME, version: FORMAT_VERSION })}\n`;
  fs.writeFileSync(draft, content, { flush: true });
  fs.renameSync(draft, formatPath);
  syncDirectory(directory);
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): void {
  // Windows cannot open a directory, and needs not: names are journaled there.
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function formatFile(directory: string): string {
  return path.join(directory, 'format');
}

function parseVersion(content: string): number | undefined {
  try {
    const parsed = JSON.parse(content) as { format?: unknown; version?: unknown };
    const isOurs = parsed.format === FORMAT_NAME && Number.isInteger(parsed.version);
    return isOurs ? (parsed.version as number) : undefined;
  } catch {
    return undefined;
  }
}
