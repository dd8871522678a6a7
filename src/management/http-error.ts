// THE place where a failure becomes an HTTP answer. RabbitMQ's bodies: `{"error", "reason"}`; its
// status for what a user may not do is 401, never 403.

import { faultOf } from '../admin/faults.ts';

export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, reason: string) {
    super(reason);
    this.status = status;
    this.code = code;
  }
}

export function badRequest(reason: string): HttpError {
  return new HttpError(400, 'bad_request', reason);
}

export function notAuthorised(reason: string): HttpError {
  return new HttpError(401, 'not_authorised', reason);
}

export function notFound(): HttpError {
  return new HttpError(404, 'Object Not Found', 'Not Found');
}

const answers = {
  invalid: { status: 400, code: 'bad_request' },
  refused: { status: 401, code: 'not_authorised' },
  protected: { status: 412, code: 'precondition_failed' },
} as const;

/** Undefined: a bug of ours. */
export function httpErrorOf(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  const fault = faultOf(error);
  if (fault === undefined) return undefined;
  if (fault.kind === 'missing') {
    return fault.code === undefined ? notFound() : new HttpError(404, fault.code, fault.reason);
  }
  const { status, code } = answers[fault.kind];
  return new HttpError(status, fault.code ?? code, fault.reason);
}
