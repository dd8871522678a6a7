// Collects settings from file, environment and flags into one set, later layers over earlier ones,
// and checks each against the table. Finds all mistakes, not only the first.

import type { ConfFile } from './conf-file.ts';
import {
  type ConfigKeyName,
  type ConfigValue,
  configKeyNames,
  configKeys,
  findConfigKey,
} from './config-keys.ts';
import { nearestKey } from './nearest-key.ts';
import { isUnsupportedKey } from './unsupported-keys.ts';

export const ENVIRONMENT_PREFIX = 'WARREN_';

/** Names the file itself, so it is no key. */
export const CONFIG_FILE_VARIABLE = 'WARREN_CONFIG_FILE';

/** Those of the command line's administration commands, which may stand in the same environment. */
const COMMAND_VARIABLES = ['URL', 'USER', 'PASSWORD', 'PROFILE', 'PROFILE_FILE'];

const variablesThatAreNoKeys: ReadonlySet<string> = new Set([
  CONFIG_FILE_VARIABLE,
  ...COMMAND_VARIABLES.map((name) => ENVIRONMENT_PREFIX + name),
]);

export class Settings {
  /** One line each: place, key, and what would be right. */
  readonly mistakes: string[] = [];
  readonly warnings: string[] = [];
  /** Row → word for `*` (or '') → value. */
  readonly #values = new Map<ConfigKeyName, Map<string, unknown>>();

  addFile(file: ConfFile, path: string): void {
    for (const { line, text } of file.warnings) this.warnings.push(`${path}:${line}: ${text}`);
    const lines = new Map<string, number>();
    // In the order of the file, whether it is the syntax or the value that is wrong.
    const parts = [...file.mistakes, ...file.settings].sort((one, other) => one.line - other.line);
    for (const part of parts) {
      if ('text' in part) {
        this.mistakes.push(`${path}:${part.line}: ${part.text}`);
        continue;
      }
      const { line, key, value } = part;
      const earlier = lines.get(key);
      if (earlier !== undefined) {
        this.warnings.push(
          `${path}:${line}: ${key} is set in line ${earlier}, too; this one counts`,
        );
      }
      lines.set(key, line);
      this.add(key, value, `${path}:${line}`);
    }
  }

  /** `WARREN_` and the key in capitals, with `_` for every dot. Other variables are none of ours. */
  addEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
    for (const [variable, value] of Object.entries(environment)) {
      if (!variable.startsWith(ENVIRONMENT_PREFIX) || value === undefined) continue;
      if (variablesThatAreNoKeys.has(variable)) continue;
      const key = keyOfVariable(variable);
      if (key !== undefined) this.add(key, value, variable);
      else this.mistakes.push(`${variable}: there is no such key${variableHint(variable)}`);
    }
  }

  /** `place` is where the user wrote it, for the mistake's line. */
  add(written: string, value: string, place: string): void {
    const found = findConfigKey(written);
    if (found === undefined) {
      if (isUnsupportedKey(written)) {
        this.warnings.push(
          `${place}: ${written} has no effect: WarrenMQ does not have this feature`,
        );
      } else this.mistakes.push(`${place}: ${written}: there is no such key${keyHint(written)}`);
      return;
    }
    const { parser } = configKeys[found.row];
    const parsed: unknown = parser.parse(value);
    if (parsed === undefined) {
      this.mistakes.push(`${place}: ${written} must be ${parser.expects}, not "${value}"`);
      return;
    }
    const family = this.#values.get(found.row) ?? new Map<string, unknown>();
    this.#values.set(found.row, family.set(found.word ?? '', parsed));
  }

  /** The value that was set, else the default of the table. */
  get<K extends ConfigKeyName>(key: K): ConfigValue<K> | undefined {
    const set = this.#values.get(key)?.get('');
    const { parser, default: standard } = configKeys[key];
    const value = set ?? (standard === undefined ? undefined : parser.parse(standard));
    // The row's parser made the value, so it has the row's type.
    return value as ConfigValue<K> | undefined;
  }

  /** True when a layer set the key, false when it has its default. */
  isSet(key: ConfigKeyName): boolean {
    return this.#values.has(key);
  }

  /** What was set under a `*` key, by the word that stands for the `*`. */
  family<K extends ConfigKeyName>(key: K): ReadonlyMap<string, ConfigValue<K>> {
    return (this.#values.get(key) ?? new Map()) as ReadonlyMap<string, ConfigValue<K>>;
  }
}

function variableOfKey(key: string): string {
  return ENVIRONMENT_PREFIX + key.toUpperCase().replaceAll('.', '_');
}

function keyOfVariable(variable: string): string | undefined {
  for (const key of configKeyNames) {
    const name = variableOfKey(key);
    if (name === variable) return key;
    const prefix = name.slice(0, -1);
    if (!key.endsWith('.*') || !variable.startsWith(prefix) || variable === prefix) continue;
    // Capitals carry no case, so the word is taken in small letters, as users are mostly named.
    const word = variable.slice(prefix.length).toLowerCase();
    return key.slice(0, -1) + word;
  }
  return undefined;
}

function keyHint(written: string): string {
  const nearest = nearestKey(written, configKeyNames) ?? nearestInFamily(written);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** `listeners.tpc.default` is close to `listeners.tcp.*` in all words but the free one. */
function nearestInFamily(written: string): string | undefined {
  const lastDot = written.lastIndexOf('.');
  if (lastDot < 0) return undefined;
  const families = configKeyNames
    .filter((key) => key.endsWith('.*'))
    .map((key) => key.slice(0, -2));
  const nearest = nearestKey(written.slice(0, lastDot), families);
  return nearest === undefined ? undefined : nearest + written.slice(lastDot);
}

function variableHint(variable: string): string {
  const nearest = nearestKey(variable, configKeyNames.map(variableOfKey));
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
