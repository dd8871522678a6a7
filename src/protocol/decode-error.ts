// Thrown by byte-reader and field-table when bytes do not decode. It never leaves `protocol/`:
// decodeMethod and decodeContentHeader turn it into the AmqpError that RabbitMQ answers with.

/** `undecodable`: too short, too long; `malformed-utf8`: a short string; `syntax`: a table we refuse. */
export type DecodeErrorKind = 'undecodable' | 'malformed-utf8' | 'syntax';

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly kind: DecodeErrorKind;

  constructor(kind: DecodeErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
