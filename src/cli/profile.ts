// The profile file: named places and users, one `name.key = value` per line.
//
//   default.url = http://127.0.0.1:15672
//   production.url = https://broker.example
//   production.user = admin
//   production.password = 'kept by whoever can read this file'

import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readConfFile } from '../config/conf-file.ts';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface Profile {
  readonly url?: string;
  readonly user?: string;
  readonly password?: string;
}

const KEYS = ['url', 'user', 'password'];
const PERMISSIONS_OF_OTHERS = 0o077;

export function profilePath(environment: Terminal['environment']): string {
  const home = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] ?? homedir(), '.config');
  return environment['WARREN_PROFILE_FILE'] ?? join(home, 'warren', 'profiles.conf');
}

/** `name` must be there when it was asked for; the profile named default need not. */
export function readProfile(
  name: string | undefined,
  environment: Terminal['environment'],
): Profile {
  const wanted = name ?? environment['WARREN_PROFILE'];
  const path = profilePath(environment);
  const content = readFile(path);
  if (content === undefined) {
    if (wanted === undefined) return {};
    throw new CommandError(
      adminExitCodes.config,
      `there is no profile '${wanted}': ${path} does not exist`,
      `A line of it looks like ${wanted}.url = http://127.0.0.1:15672`,
    );
  }
  const profiles = readProfiles(content, path);
  const found = profiles.get(wanted ?? 'default');
  if (found === undefined && wanted !== undefined) {
    const names = [...profiles.keys()].join(', ');
    throw new CommandError(
      adminExitCodes.config,
      `there is no profile '${wanted}' in ${path}`,
      names === '' ? 'The file holds none.' : `It holds: ${names}.`,
    );
  }
  if (found?.password !== undefined) refuseOpenFile(path);
  return found ?? {};
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CommandError(adminExitCodes.config, `${path} cannot be read (${code})`);
  }
}

function readProfiles(content: string, path: string): Map<string, Profile> {
  const file = readConfFile(content);
  const mistakes = file.mistakes.map(({ line, text }) => `${path}:${line}: ${text}`);
  const profiles = new Map<string, Profile>();
  for (const { line, key, value } of file.settings) {
    const [, name = '', field = ''] = /^([\w-]+)\.(\w+)$/.exec(key) ?? [];
    if (!KEYS.includes(field)) {
      mistakes.push(`${path}:${line}: ${key} is none of <name>.${KEYS.join(', <name>.')}`);
    }
    profiles.set(name, { ...profiles.get(name), [field]: value });
  }
  if (mistakes.length > 0) throw new CommandError(adminExitCodes.config, mistakes.join('\n'));
  return profiles;
}

/** As ssh does with keys: a password that others can read is none. */
function refuseOpenFile(path: string): void {
  const { mode } = statSync(path);
  if (process.platform === 'win32' || (mode & PERMISSIONS_OF_OTHERS) === 0) return;
  throw new CommandError(
    adminExitCodes.config,
    `${path} holds a password, and others on this machine can read it`,
    `Run: chmod 600 ${path}`,
  );
}
