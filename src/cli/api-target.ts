// Where the API is, and as whom: flags, then WARREN_* variables, then the profile, then the socket in the data
// directory, then guest on this machine.

import { readFileSync, statSync } from 'node:fs';
import { readConfFile } from '../config/conf-file.ts';
import { localSocketPath } from '../config/local-socket.ts';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import { type Profile, readProfile } from './profile.ts';
import type { Terminal } from './terminal.ts';

export interface ConnectionFlags {
  readonly url?: string;
  readonly user?: string;
  readonly password?: string;
  readonly profile?: string;
  readonly dataDir?: string;
  readonly config?: string;
  readonly timeout?: string;
}

export interface ApiTarget {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  /** What stands before `/api`, without a slash at its end. */
  readonly basePath: string;
  /** Undefined: on the socket, which needs none. */
  readonly user: string | undefined;
  readonly authorization: string | undefined;
  readonly timeoutSeconds: number;
  /** For messages: without a password. */
  readonly shown: string;
}

const STANDARD_URL = 'http://127.0.0.1:15672';
const TIMEOUT_SECONDS = 60;
const TIMEOUT_SECONDS_MAX = 86_400;

export async function findApi(
  flags: ConnectionFlags,
  terminal: Terminal,
  askPassword: (user: string) => Promise<string>,
): Promise<ApiTarget> {
  const { environment } = terminal;
  const profile = readProfile(flags.profile, environment);
  const timeoutSeconds = readTimeout(flags.timeout);
  const given = flags.url ?? environment['WARREN_URL'] ?? profile.url;
  const isUserGiven = (flags.user ?? environment['WARREN_USER'] ?? profile.user) !== undefined;
  if (given === undefined && !isUserGiven) {
    const socketPath = findSocket(flags, environment);
    if (socketPath !== undefined) return socketTarget(socketPath, timeoutSeconds);
  }
  const url = readUrl(given ?? STANDARD_URL);
  const { user, password } = await credentials(url, flags, environment, profile, askPassword);
  return {
    isSecure: url.protocol === 'https:',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    socketPath: undefined,
    basePath: url.pathname.replace(/\/+$/, '').replace(/\/api$/, ''),
    user,
    authorization: basicAuthorization(user, password),
    timeoutSeconds,
    shown: `${url.protocol}//${url.host}`,
  };
}

/** The same place as somebody else. */
export function asUser(target: ApiTarget, user: string, password: string): ApiTarget {
  return { ...target, user, authorization: basicAuthorization(user, password) };
}

function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function socketTarget(socketPath: string, timeoutSeconds: number): ApiTarget {
  return {
    isSecure: false,
    host: 'localhost',
    port: 0,
    socketPath,
    basePath: '',
    user: undefined,
    authorization: undefined,
    timeoutSeconds,
    shown: socketPath,
  };
}

/**
 * Whoever names a directory wants its socket. `./data` is tried without being named, so there it must be this user's:
 * in a directory of somebody else's the socket could be theirs, and be told new passwords.
 */
function findSocket(
  flags: ConnectionFlags,
  environment: Terminal['environment'],
): string | undefined {
  if (flags.dataDir !== undefined) return localSocketPath(flags.dataDir);
  const named = environment['WARREN_DATA_DIR'] ?? configuredDirectory(flags, environment);
  const path = localSocketPath(named ?? './data');
  const owner = ownerOf(path);
  if (owner === undefined) return undefined;
  return named !== undefined || owner === process.getuid?.() ? path : undefined;
}

/** Undefined: there is none, or this user may not look. */
function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

function configuredDirectory(
  flags: ConnectionFlags,
  environment: Terminal['environment'],
): string | undefined {
  const path = flags.config ?? environment['WARREN_CONFIG_FILE'];
  if (path === undefined) return undefined;
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    // The variable is the broker's, and may name a file that only the broker can read.
    if (flags.config === undefined) return undefined;
    const reason = (error as NodeJS.ErrnoException).code;
    throw new CommandError(adminExitCodes.usage, `--config: ${path} cannot be read (${reason})`);
  }
  return readConfFile(content).settings.findLast(({ key }) => key === 'data_dir')?.value;
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new CommandError(
    adminExitCodes.usage,
    `"${text}" is no URL of a management API`,
    `It looks like ${STANDARD_URL}.`,
  );
}

async function credentials(
  url: URL,
  flags: ConnectionFlags,
  environment: Terminal['environment'],
  profile: Profile,
  askPassword: (user: string) => Promise<string>,
): Promise<{ user: string; password: string }> {
  const inUrl = { user: decode(url.username), password: decode(url.password) };
  const user = flags.user ?? inUrl.user ?? environment['WARREN_USER'] ?? profile.user ?? 'guest';
  const isOfUrl = inUrl.user === user ? inUrl.password : undefined;
  const isOfProfile = profile.user === undefined || profile.user === user;
  const password =
    flags.password ??
    isOfUrl ??
    environment['WARREN_PASSWORD'] ??
    (isOfProfile ? profile.password : undefined);
  if (password !== undefined) return { user, password };
  return { user, password: user === 'guest' ? 'guest' : await askPassword(user) };
}

function decode(part: string): string | undefined {
  return part === '' ? undefined : decodeURIComponent(part);
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return TIMEOUT_SECONDS;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds > 0 && seconds <= TIMEOUT_SECONDS_MAX) return seconds;
  throw new CommandError(
    adminExitCodes.usage,
    `--timeout: "${text}" is not a number of seconds from 1 to ${TIMEOUT_SECONDS_MAX}`,
  );
}
