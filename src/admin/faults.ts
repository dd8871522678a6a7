// Why a request of an operator was not done, as one kind of value: the rules behind it throw AMQP's
// errors, ValidationError or NotFoundError, and no caller of admin/ should have to know which.

import { AmqpError } from '../protocol/amqp-error.ts';
import { ACCESS_REFUSED, NOT_FOUND } from '../protocol/generated/reply-codes.ts';
import { NotFoundError, ProtectedError, ValidationError } from '../util/request-errors.ts';
import { PageError } from './list-query.ts';

export interface Fault {
  readonly kind: 'invalid' | 'missing' | 'refused' | 'protected';
  /** RabbitMQ's word where it has one of its own. */
  readonly code: string | undefined;
  readonly reason: string;
}

/** Something that is missing, told with RabbitMQ's own word and text. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
  readonly code = 'not_found';
}

/** Undefined: not a client's fault. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof ValidationError) return fault('invalid', error.message);
  if (error instanceof NotFoundError) return fault('missing', error.message);
  if (error instanceof MissingError) {
    return { kind: 'missing', code: error.code, reason: error.message };
  }
  if (error instanceof ProtectedError) return fault('protected', error.message);
  if (error instanceof PageError)
    return { kind: 'invalid', code: error.code, reason: error.message };
  if (error instanceof AmqpError) return amqpFault(error);
  return undefined;
}

/** RabbitMQ's API shows the explanation of an AMQP error without the code's name. */
function amqpFault({ replyCode, replyText }: AmqpError): Fault {
  if (replyCode === ACCESS_REFUSED) return fault('refused', 'Access refused.');
  if (replyCode === NOT_FOUND) return fault('missing', replyText.replace(/^NOT_FOUND - /, ''));
  return fault('invalid', replyText.replace(/^[A-Z_]+ - /, ''));
}

function fault(kind: Fault['kind'], reason: string): Fault {
  return { kind, code: undefined, reason };
}
