// What the forms offer by a click: RabbitMQ's optional arguments and policy keys, with their types.
import type { ArgumentType } from './arguments.ts';

export interface KnownArgument {
  readonly key: string;
  readonly label: string;
  readonly type: ArgumentType;
  /** What the field starts with. */
  readonly text?: string;
}

export const QUEUE_ARGUMENTS: readonly KnownArgument[] = [
  { key: 'x-message-ttl', label: 'Message TTL (ms)', type: 'number' },
  { key: 'x-expires', label: 'Expires unused (ms)', type: 'number' },
  { key: 'x-max-length', label: 'Max length', type: 'number' },
  { key: 'x-max-length-bytes', label: 'Max length bytes', type: 'number' },
  { key: 'x-overflow', label: 'Overflow', type: 'string', text: 'reject-publish' },
  { key: 'x-dead-letter-exchange', label: 'Dead letter exchange', type: 'string' },
  { key: 'x-dead-letter-routing-key', label: 'Dead letter routing key', type: 'string' },
  { key: 'x-delivery-limit', label: 'Delivery limit', type: 'number', text: '20' },
  { key: 'x-max-priority', label: 'Max priority', type: 'number', text: '10' },
  {
    key: 'x-single-active-consumer',
    label: 'Single active consumer',
    type: 'boolean',
    text: 'true',
  },
  { key: 'x-queue-mode', label: 'Lazy', type: 'string', text: 'lazy' },
];

export const EXCHANGE_ARGUMENTS: readonly KnownArgument[] = [
  { key: 'alternate-exchange', label: 'Alternate exchange', type: 'string' },
];

export const POLICY_KEYS: readonly KnownArgument[] = [
  { key: 'message-ttl', label: 'Message TTL (ms)', type: 'number' },
  { key: 'expires', label: 'Expires unused (ms)', type: 'number' },
  { key: 'max-length', label: 'Max length', type: 'number' },
  { key: 'max-length-bytes', label: 'Max length bytes', type: 'number' },
  { key: 'overflow', label: 'Overflow', type: 'string', text: 'reject-publish' },
  { key: 'dead-letter-exchange', label: 'Dead letter exchange', type: 'string' },
  { key: 'dead-letter-routing-key', label: 'Dead letter routing key', type: 'string' },
  { key: 'delivery-limit', label: 'Delivery limit', type: 'number', text: '20' },
  { key: 'alternate-exchange', label: 'Alternate exchange', type: 'string' },
];

export const OPERATOR_POLICY_KEYS: readonly KnownArgument[] = POLICY_KEYS.filter(({ key }) =>
  ['message-ttl', 'expires', 'max-length', 'max-length-bytes', 'delivery-limit'].includes(key),
);

export const QUEUE_TYPES = ['classic', 'quorum', 'stream'] as const;
