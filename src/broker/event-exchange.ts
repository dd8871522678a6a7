// The exchange amq.rabbitmq.event: publishes what happens as RabbitMQ's plug-in does. The routing key
// is the event's name, the body is empty, everything is in the headers.

import type { FieldTable, FieldValue } from '../protocol/field-table.ts';
import { fieldValueOf } from '../protocol/field-value.ts';
import { type BrokerPublisher, NO_BODY } from './broker-publisher.ts';
import type { Clock } from './clock.ts';
import type { EventFields, EventName } from './events.ts';
import { EVENT_EXCHANGE } from './vhost/vhost.ts';
import type { VirtualHosts } from './vhost/vhosts.ts';

export class EventExchange {
  readonly #vhosts: VirtualHosts;
  readonly #vhostName: string;
  readonly #publisher: BrokerPublisher;
  readonly #clock: Clock;

  constructor(vhosts: VirtualHosts, vhostName: string, publisher: BrokerPublisher, clock: Clock) {
    this.#vhosts = vhosts;
    this.#vhostName = vhostName;
    this.#publisher = publisher;
    this.#clock = clock;
  }

  publish(name: EventName, fields: () => EventFields): void {
    const vhost = this.#vhosts.get(this.#vhostName);
    // Nobody is bound: the event is not even described.
    if (vhost === undefined || vhost.exchanges.get(EVENT_EXCHANGE)?.bindings.size === 0) return;
    const timestampMs = Math.floor(this.#clock.wallMs());
    this.#publisher.publish(vhost, {
      exchange: EVENT_EXCHANGE,
      routingKey: name,
      properties: {
        headers: headersOf({ ...fields(), timestamp_in_ms: timestampMs }),
        deliveryMode: 2,
        timestamp: BigInt(Math.floor(timestampMs / 1000)),
      },
      ...NO_BODY,
    });
  }
}

function headersOf(fields: EventFields): FieldTable {
  return new Map(Object.entries(fields).map(([name, value]) => [name, headerOf(value)]));
}

/** Every number is a `long`, as in RabbitMQ. */
function headerOf(value: EventFields[string]): FieldValue {
  return typeof value === 'number' ? { type: 'l', value: BigInt(value) } : fieldValueOf(value);
}
