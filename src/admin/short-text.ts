// What becomes a short string of AMQP: properties of messages.

import { ValidationError } from '../util/request-errors.ts';

const BYTES_MAX = 255;

/** Throws ValidationError; `what` names the field. */
export function requireShortText(what: string, text: string): void {
  if (Buffer.byteLength(text, 'utf8') <= BYTES_MAX) return;
  throw new ValidationError(`${what} is longer than ${BYTES_MAX} bytes`);
}
