// The failure of a client's request as AMQP tells it: reply code, text and scope. The scope comes from
// the generated table, so no call site chooses it (hardError is the one exception: a refused login).

import {
  ACCESS_REFUSED,
  CHANNEL_ERROR,
  COMMAND_INVALID,
  CONNECTION_FORCED,
  FRAME_ERROR,
  INTERNAL_ERROR,
  NOT_ALLOWED,
  NOT_FOUND,
  NOT_IMPLEMENTED,
  PRECONDITION_FAILED,
  REPLY_CODES,
  RESOURCE_LOCKED,
  SYNTAX_ERROR,
  UNEXPECTED_FRAME,
} from './generated/reply-codes.ts';

/** A reply text travels as a short string. */
const REPLY_TEXT_BYTES_MAX = 255;

export class AmqpError extends Error {
  override readonly name = 'AmqpError';
  readonly replyCode: number;
  /** `NAME - explanation`, at most 255 octets, `...` at the end when it was cut. */
  readonly replyText: string;
  /** True: closes the connection. False: closes the channel. */
  readonly isHard: boolean;
  /** The method being processed, set where the error is caught; 0 for errors of no method. */
  classId = 0;
  methodId = 0;
  /** False for errors that name no method on the wire: class and method id stay 0. */
  isOfMethod = true;

  /** Without an explanation the text is the bare name, as for RabbitMQ's internal errors. */
  constructor(replyCode: number, explanation?: string, isHard?: boolean) {
    const spec = REPLY_CODES.get(replyCode);
    const name = spec?.name ?? String(replyCode);
    const replyText = cutReplyText(explanation === undefined ? name : `${name} - ${explanation}`);
    super(replyText);
    this.replyCode = replyCode;
    this.replyText = replyText;
    this.isHard = isHard ?? spec?.isHard ?? true;
  }
}

function cutReplyText(text: string): string {
  // No character takes more than three octets per UTF-16 unit.
  if (text.length * 3 <= REPLY_TEXT_BYTES_MAX) return text;
  const octets = Buffer.from(text, 'utf8');
  if (octets.length <= REPLY_TEXT_BYTES_MAX) return text;
  let end = REPLY_TEXT_BYTES_MAX - 3;
  while (end > 0 && ((octets[end] as number) & 0xc0) === 0x80) end--;
  return `${octets.toString('utf8', 0, end)}...`;
}

export function notFound(explanation: string): AmqpError {
  return new AmqpError(NOT_FOUND, explanation);
}

export function accessRefused(explanation: string): AmqpError {
  return new AmqpError(ACCESS_REFUSED, explanation);
}

export function resourceLocked(explanation: string): AmqpError {
  return new AmqpError(RESOURCE_LOCKED, explanation);
}

export function preconditionFailed(explanation: string): AmqpError {
  return new AmqpError(PRECONDITION_FAILED, explanation);
}

export function frameError(explanation: string): AmqpError {
  return new AmqpError(FRAME_ERROR, explanation);
}

export function syntaxError(explanation: string): AmqpError {
  return new AmqpError(SYNTAX_ERROR, explanation);
}

export function commandInvalid(explanation: string): AmqpError {
  return new AmqpError(COMMAND_INVALID, explanation);
}

export function channelError(explanation: string): AmqpError {
  return new AmqpError(CHANNEL_ERROR, explanation);
}

export function unexpectedFrame(explanation: string): AmqpError {
  return new AmqpError(UNEXPECTED_FRAME, explanation);
}

export function notAllowed(explanation: string): AmqpError {
  return new AmqpError(NOT_ALLOWED, explanation);
}

export function notImplemented(explanation: string): AmqpError {
  return new AmqpError(NOT_IMPLEMENTED, explanation);
}

/** Without an explanation: the bare `INTERNAL_ERROR` that RabbitMQ sends for unexpected failures. */
export function internalError(explanation?: string): AmqpError {
  const error = new AmqpError(INTERNAL_ERROR, explanation);
  return explanation === undefined ? ofNoMethod(error) : error;
}

/** The error names no method, whatever was being processed. */
export function ofNoMethod(error: AmqpError): AmqpError {
  error.isOfMethod = false;
  return error;
}

export function connectionForced(explanation: string): AmqpError {
  return new AmqpError(CONNECTION_FORCED, explanation);
}

/** Closes the connection whatever the table says: a login failure is a hard 403. */
export function hardError(replyCode: number, explanation: string): AmqpError {
  return new AmqpError(replyCode, explanation, true);
}
