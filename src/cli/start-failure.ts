// What a process ends with when it could not start, and the lines that say why.

import { ConfigError } from '../config/config.ts';
import { StoreError } from '../storage/store.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** An exit code and its reasons. */
export interface StartFailure {
  readonly exitCode: ExitCode;
  readonly lines: readonly string[];
}

export function startFailure(error: unknown): StartFailure {
  if (error instanceof ConfigError) return { exitCode: exitCodes.config, lines: error.mistakes };
  if (error instanceof StoreError) return storeFailure(error);
  if (isListenError(error)) {
    return { exitCode: exitCodes.cannotListen, lines: [listenText(error)] };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.failed, lines: [text] };
}

function storeFailure(error: StoreError): StartFailure {
  const codes = {
    locked: exitCodes.dataLocked,
    'newer-format': exitCodes.dataNewer,
    damaged: exitCodes.dataDamaged,
    unavailable: exitCodes.dataUnavailable,
  } as const;
  return { exitCode: codes[error.code], lines: [error.message] };
}

interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
}

function isListenError(error: unknown): error is ListenError {
  if (!(error instanceof Error) || !('syscall' in error)) return false;
  // A host name that does not resolve fails in getaddrinfo.
  return error.syscall === 'listen' || error.syscall === 'getaddrinfo';
}

function listenText(error: ListenError): string {
  const place = error.port === undefined ? error.message : `${error.address}:${error.port}`;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `cannot listen on ${place}: the port is in use by another process`,
    EACCES: `cannot listen on ${place}: permission denied (ports below 1024 need a privilege)`,
    EADDRNOTAVAIL: `cannot listen on ${place}: this machine does not have that address`,
  };
  return reasons[error.code ?? ''] ?? `cannot listen: ${error.message}`;
}
