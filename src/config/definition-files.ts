// The definition files that `load_definitions` names: one file, or all `*.json` of a directory by name.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config.ts';

export interface DefinitionFile {
  readonly path: string;
  readonly definitions: Readonly<Record<string, unknown>>;
}

/** Throws ConfigError for what cannot be read, or holds no JSON object. */
export function readDefinitionFiles(path: string): DefinitionFile[] {
  const paths = attempt(path, () =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => name.endsWith('.json'))
          .sort()
          .map((name) => join(path, name))
      : [path],
  );
  return paths.map((file) => ({
    path: file,
    definitions: attempt(file, () => parse(readFileSync(file, 'utf8'))),
  }));
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`load_definitions: ${path} cannot be read: ${reason}`]);
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new Error('it holds no JSON object');
}
