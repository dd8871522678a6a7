// Generated from protocol/amqp-0-9-1.json by protocol/generate.ts: do not edit.
// Reply codes, their names, and whether they close the connection.

export const REPLY_SUCCESS = 200;
export const CONTENT_TOO_LARGE = 311;
export const NO_ROUTE = 312;
export const NO_CONSUMERS = 313;
export const CONNECTION_FORCED = 320;
export const INVALID_PATH = 402;
export const ACCESS_REFUSED = 403;
export const NOT_FOUND = 404;
export const RESOURCE_LOCKED = 405;
export const PRECONDITION_FAILED = 406;
export const FRAME_ERROR = 501;
export const SYNTAX_ERROR = 502;
export const COMMAND_INVALID = 503;
export const CHANNEL_ERROR = 504;
export const UNEXPECTED_FRAME = 505;
export const RESOURCE_ERROR = 506;
export const NOT_ALLOWED = 530;
export const NOT_IMPLEMENTED = 540;
export const INTERNAL_ERROR = 541;

export interface ReplyCodeSpec {
  readonly code: number;
  readonly name: string;
  /** True when RabbitMQ closes the connection with it, false when only the channel. */
  readonly isHard: boolean;
}

export const REPLY_CODES: ReadonlyMap<number, ReplyCodeSpec> = new Map([
  [REPLY_SUCCESS, { code: 200, name: 'REPLY_SUCCESS', isHard: false }],
  [CONTENT_TOO_LARGE, { code: 311, name: 'CONTENT_TOO_LARGE', isHard: false }],
  [NO_ROUTE, { code: 312, name: 'NO_ROUTE', isHard: false }],
  [NO_CONSUMERS, { code: 313, name: 'NO_CONSUMERS', isHard: false }],
  [CONNECTION_FORCED, { code: 320, name: 'CONNECTION_FORCED', isHard: true }],
  [INVALID_PATH, { code: 402, name: 'INVALID_PATH', isHard: true }],
  [ACCESS_REFUSED, { code: 403, name: 'ACCESS_REFUSED', isHard: false }],
  [NOT_FOUND, { code: 404, name: 'NOT_FOUND', isHard: false }],
  [RESOURCE_LOCKED, { code: 405, name: 'RESOURCE_LOCKED', isHard: false }],
  [PRECONDITION_FAILED, { code: 406, name: 'PRECONDITION_FAILED', isHard: false }],
  [FRAME_ERROR, { code: 501, name: 'FRAME_ERROR', isHard: true }],
  [SYNTAX_ERROR, { code: 502, name: 'SYNTAX_ERROR', isHard: true }],
  [COMMAND_INVALID, { code: 503, name: 'COMMAND_INVALID', isHard: true }],
  [CHANNEL_ERROR, { code: 504, name: 'CHANNEL_ERROR', isHard: true }],
  [UNEXPECTED_FRAME, { code: 505, name: 'UNEXPECTED_FRAME', isHard: true }],
  [RESOURCE_ERROR, { code: 506, name: 'RESOURCE_ERROR', isHard: true }],
  [NOT_ALLOWED, { code: 530, name: 'NOT_ALLOWED', isHard: true }],
  [NOT_IMPLEMENTED, { code: 540, name: 'NOT_IMPLEMENTED', isHard: true }],
  [INTERNAL_ERROR, { code: 541, name: 'INTERNAL_ERROR', isHard: true }],
]);
