// Which AmqpError a method that does not decode ends in, with the texts of RabbitMQ.

import { AmqpError, commandInvalid, frameError, ofNoMethod, syntaxError } from './amqp-error.ts';
import type { ByteReader } from './byte-reader.ts';
import { DecodeError } from './decode-error.ts';
import { formatOctetList } from './erlang-text.ts';

/** Class id and method id as one number. */
export function readMethodId(reader: ByteReader): number {
  if (reader.remaining < 4) {
    const octets = formatOctetList(reader.buffer, reader.position, reader.end);
    throw frameError(`cannot decode ${octets}`);
  }
  return reader.long();
}

/** RabbitMQ's decoder dies here and resets the connection; a clear answer serves clients better. */
export function unknownMethod(id: number): AmqpError {
  return commandInvalid(`unknown method ${id >>> 16},${id & 0xffff}`);
}

/** The error to throw for a failure while the fields of method `id` were read. */
export function rejectMethod(
  error: unknown,
  id: number,
  reader: ByteReader,
  fieldsStart: number,
): unknown {
  if (error instanceof AmqpError) return withMethod(error, id);
  if (!(error instanceof DecodeError)) return error;
  // RabbitMQ leaves class and method id zero for this one.
  if (error.kind === 'malformed-utf8') return ofNoMethod(frameError('Malformed UTF-8 in shortstr'));
  if (error.kind === 'syntax') return withMethod(syntaxError(error.message), id);
  const octets = formatOctetList(reader.buffer, fieldsStart, reader.end);
  return withMethod(frameError(`cannot decode ${octets}`), id);
}

function withMethod(error: AmqpError, id: number): AmqpError {
  error.classId = id >>> 16;
  error.methodId = id & 0xffff;
  return error;
}
