// Why a text cannot be a pattern, in the words and the form that RabbitMQ shows (Erlang's `re`).

const encoder = new TextEncoder();

/** The pattern cannot be used; the message says why and at which octet. */
export class PatternError extends Error {
  override readonly name = 'PatternError';

  /** `offset` counts code units of the pattern; PCRE counts octets. */
  constructor(reason: string, text: string, offset: number) {
    super(`{"${reason}",${encoder.encode(text.slice(0, offset)).length}}`);
  }
}
