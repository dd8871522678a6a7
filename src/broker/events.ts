// What happens in the broker, told to whoever listens: THE list of event names, which are the routing
// keys of RabbitMQ's event exchange. Nothing is built while nobody listens.

import type { FieldTable, FieldValue } from '../protocol/field-table.ts';
import { formatTableEntry } from '../protocol/field-value.ts';

export const EVENT_NAMES = [
  'alarm.cleared',
  'alarm.set',
  'binding.created',
  'binding.deleted',
  'channel.closed',
  'channel.created',
  'connection.closed',
  'connection.created',
  'consumer.created',
  'consumer.deleted',
  'exchange.created',
  'exchange.deleted',
  'parameter.cleared',
  'parameter.set',
  'permission.created',
  'permission.deleted',
  'policy.cleared',
  'policy.set',
  'queue.created',
  'queue.deleted',
  'queue.policy.cleared',
  'queue.policy.updated',
  'topic.permission.created',
  'topic.permission.deleted',
  'user.authentication.failure',
  'user.authentication.success',
  'user.created',
  'user.deleted',
  'user.limits.cleared',
  'user.limits.set',
  'user.password.changed',
  'user.tags.set',
  'vhost.created',
  'vhost.deleted',
  'vhost.limits.cleared',
  'vhost.limits.set',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** By RabbitMQ's header names, in the order in which it sends them. Numbers are whole. */
export type EventFields = Readonly<Record<string, string | number | boolean | FieldValue>>;

export type EventListener = (name: EventName, fields: () => EventFields) => void;

/** Who did what no client asked for. */
export const INTERNAL_USER = 'rmq-internal';

export class BrokerEvents {
  readonly nodeName: string;
  /** Tells this start of the node from others in process names. */
  readonly #creation: number;
  #listener: EventListener | undefined;
  #actorName = INTERNAL_USER;
  readonly #processNumbers = new WeakMap<object, number>();
  #lastProcessNumber = 0;

  constructor(nodeName: string, creation: number) {
    this.nodeName = nodeName;
    this.#creation = creation;
  }

  /** One listener at most. */
  listen(listener: EventListener): void {
    this.#listener = listener;
  }

  /** Who makes the change that is being made; the broker itself when nobody is named. */
  get actorName(): string {
    return this.#actorName;
  }

  /** Makes a change in the name of an operator. */
  by<T>(userName: string, change: () => T): T {
    const before = this.#actorName;
    this.#actorName = userName;
    try {
      return change();
    } finally {
      this.#actorName = before;
    }
  }

  emit(name: EventName, fields: () => EventFields): void {
    this.#listener?.(name, fields);
  }

  /**
   * How events name a connection or channel, so that later ones of it can be told: RabbitMQ gives
   * the name of its Erlang process.
   */
  processName(owner: object): string {
    let number = this.#processNumbers.get(owner);
    if (number === undefined) {
      number = ++this.#lastProcessNumber;
      this.#processNumbers.set(owner, number);
    }
    return `<${this.nodeName}.${this.#creation}.${number}.0>`;
  }
}

/** Arguments and client properties, as the event exchange gives them: each one printed as a term. */
export function printedTable(table: FieldTable): FieldValue {
  const value = Array.from(table, (entry): FieldValue => {
    return { type: 'S', value: Buffer.from(formatTableEntry(entry), 'utf8') };
  });
  return { type: 'A', value };
}
