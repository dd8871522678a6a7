// The texts RabbitMQ sends for frames it cannot take (semantics 1.2).

import { type AmqpError, frameError, unexpectedFrame } from './amqp-error.ts';
import { formatOctets } from './erlang-text.ts';
import { FRAME_OVERHEAD_BYTES } from './frame-constants.ts';

const SNIPPET_BYTES = 16;

export function frameTooLarge(type: number, payloadBytes: number, frameMax: number): AmqpError {
  const limit = frameMax - FRAME_OVERHEAD_BYTES;
  return frameError(`type ${type}, all octets = <<>>: {frame_too_large,${payloadBytes},${limit}}`);
}

export function wrongFrameEnd(
  buffer: Buffer,
  type: number,
  start: number,
  end: number,
  endOctet: number,
): AmqpError {
  return frameError(
    `${describeFrame(buffer, type, start, end)}: {invalid_frame_end_marker,${endOctet}}`,
  );
}

/** A type that is none, a heartbeat with a payload, a method or header frame without its fixed part. */
export function unknownFrame(buffer: Buffer, type: number, start: number, end: number): AmqpError {
  return frameError(`${describeFrame(buffer, type, start, end)}: unknown_frame`);
}

/** A frame on a channel where its type has no place. */
export function frameOnWrongChannel(
  buffer: Buffer,
  type: number,
  start: number,
  end: number,
): AmqpError {
  return unexpectedFrame(describeFrame(buffer, type, start, end));
}

function describeFrame(buffer: Buffer, type: number, start: number, end: number): string {
  const isWhole = end - start <= SNIPPET_BYTES;
  const octets = formatOctets(buffer, start, isWhole ? end : start + SNIPPET_BYTES);
  return `type ${type}, ${isWhole ? 'all' : `first ${SNIPPET_BYTES}`} octets = ${octets}`;
}
