// From the outside to a Config: the file, then WARREN_* variables, then flags; the later one counts.

import { readFileSync } from 'node:fs';
import { readConfFile } from './conf-file.ts';
import { type Config, makeConfig } from './config.ts';
import { CONFIG_FILE_VARIABLE, Settings } from './settings.ts';

export interface ConfigSources {
  /** Goes before the variable WARREN_CONFIG_FILE. Without either, no file is read. */
  readonly filePath?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagSetting[];
}

/** A command line flag that stands for one key. */
export interface FlagSetting {
  readonly flag: string;
  readonly key: string;
  readonly value: string;
}

export interface LoadedConfig {
  readonly config: Config;
  /** One line each, for the log. */
  readonly warnings: readonly string[];
}

/** Throws ConfigError with all mistakes of all sources. */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const settings = new Settings();
  const filePath = sources.filePath ?? sources.environment[CONFIG_FILE_VARIABLE];
  if (filePath !== undefined) addFile(settings, filePath);
  settings.addEnvironment(sources.environment);
  for (const { flag, key, value } of sources.flags) settings.add(key, value, flag);
  return { config: makeConfig(settings), warnings: settings.warnings };
}

function addFile(settings: Settings, path: string): void {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    settings.mistakes.push(`${path}: cannot be read (${code})`);
    return;
  }
  settings.addFile(readConfFile(content), path);
}
