// Why a change that an operator asked for was not made. The words are RabbitMQ's; the management API
// answers 400 and 404 with them.

/** A value is not one that may be set. Nothing has changed. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

/** It is protected against what was asked. Nothing has changed. */
export class ProtectedError extends Error {
  override readonly name = 'ProtectedError';
}

/** What was named does not exist. Nothing has changed. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}
