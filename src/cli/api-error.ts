// What went wrong with a request, as a reason, a next step and an exit code.

import type { ApiPath } from './api-path.ts';
import type { ApiTarget } from './api-target.ts';
import { CommandError } from './command-error.ts';
import { type AdminExitCode, adminExitCodes } from './exit-codes.ts';
import { printable, printableLines } from './output/printable.ts';

export interface ApiFailure {
  readonly status: number;
  /** The body's `error` and `reason`, or empty. */
  readonly error: string;
  readonly reason: string;
  /** The body; undefined when it is no JSON. */
  readonly body: unknown;
}

/** The API refused. */
export class ApiError extends CommandError {
  readonly status: number;
  readonly reason: string;
  readonly body: unknown;

  constructor(failure: ApiFailure, exitCode: AdminExitCode, message: string, hint?: string) {
    super(exitCode, message, hint);
    this.status = failure.status;
    this.reason = failure.reason;
    this.body = failure.body;
  }
}

const WRONG_PLACE = 'Does --url lead to the management API?';

export function apiError(failure: ApiFailure, path: ApiPath, target: ApiTarget): ApiError {
  const { status } = failure;
  const reason = printableLines(failure.reason).trim();
  if (failure.body === undefined && status !== 401 && status !== 405) {
    const text = `${target.shown} answered with HTTP status ${status}`;
    return new ApiError(failure, adminExitCodes.internal, text, WRONG_PLACE);
  }
  const about = (text: string) => (text === '' ? `HTTP status ${status}` : text);
  if (status === 401 || status === 403) return unauthorised(failure, path, target);
  if (status === 404) {
    const isPlain = reason === '' || /^not[ _]found$/i.test(reason);
    // RabbitMQ has none of our own endpoints, and answers just so.
    const isOwn = path.encoded.startsWith('/api/x/');
    const missing = `there is no ${path.subject}${isOwn ? ', or this broker cannot do it' : ''}`;
    const text = isPlain ? missing : reason;
    return new ApiError(failure, adminExitCodes.notFound, text, listHint(path));
  }
  if (status === 503) return new ApiError(failure, adminExitCodes.unavailable, about(reason));
  if (status === 405) {
    const text = `the broker does not offer this (${path.encoded})`;
    return new ApiError(failure, adminExitCodes.notFound, text);
  }
  if (status >= 500) {
    const hint = `The broker's log says more.`;
    return new ApiError(failure, adminExitCodes.internal, about(reason || failure.error), hint);
  }
  const isOther = /inequivalent arg/.test(reason);
  const hint = isOther ? 'Delete it first, or ask for the properties that it has.' : undefined;
  const code = isOther ? adminExitCodes.exists : adminExitCodes.badData;
  return new ApiError(failure, code, about(reason || failure.error), hint);
}

function unauthorised(failure: ApiFailure, path: ApiPath, target: ApiTarget): ApiError {
  const reason = printable(failure.reason);
  const user = target.user === undefined ? 'the local socket' : `user '${printable(target.user)}'`;
  if (reason === '' || /login failed|not_authorized|only log in via/i.test(reason)) {
    return new ApiError(
      failure,
      adminExitCodes.badData,
      `${target.shown} refused ${user}${reason === '' ? '' : `: ${reason}`}`,
      'Check --user and the password (prompt, WARREN_PASSWORD or profile).',
    );
  }
  const tag = /not (\w+) user/i.exec(reason)?.[1]?.toLowerCase().replace('monitor', 'monitoring');
  return new ApiError(
    failure,
    adminExitCodes.denied,
    `${path.subject}: ${reason}`,
    tag === undefined
      ? `${user} has no permission for it: see \`warren permission list\`.`
      : `It takes a user with the tag ${tag}: see \`warren user list\`.`,
  );
}

function listHint(path: ApiPath): string | undefined {
  const noun = /^(queue|exchange|policy|vhost|user|connection|binding)\b/.exec(path.subject)?.[1];
  return noun === undefined ? undefined : `\`warren ${noun} list\` shows those that exist.`;
}

/** No answer came. */
export function connectionError(error: unknown, target: ApiTarget): CommandError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ABORT_ERR') return new CommandError(adminExitCodes.interrupted, 'interrupted');
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOENT: 'there is no such socket',
    EACCES: 'this user of the machine may not open the socket',
    ENOTFOUND: 'there is no such host',
    ECONNRESET: 'the connection was cut',
    ETIMEDOUT: 'no answer in time',
    EPROTO: 'it does not speak TLS',
    HPE_INVALID_CONSTANT: 'it does not speak HTTP',
  };
  const text = `cannot reach ${target.shown}: ${reasons[code ?? ''] ?? message ?? code}`;
  return new CommandError(adminExitCodes.unavailable, text, reachHint(target, code));
}

function reachHint(target: ApiTarget, code: string | undefined): string {
  if (code === 'EACCES') return 'Run it as the user of the broker, or give --url and --user.';
  return target.socketPath === undefined
    ? 'Is the broker running, with management.tcp.port? --url says where.'
    : 'Is the broker of this data directory running? --url and --user reach another.';
}
