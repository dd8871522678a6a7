// What an operator may set of the core. Names follow rabbitmq.conf; defaults are RabbitMQ's.

import type { FieldTable } from '../protocol/field-table.ts';

/** What happens when a delivery stays unacknowledged too long. */
export type ConsumerTimeoutResponse =
  /** Its channel is closed with 406, as RabbitMQ does. */
  | 'close_channel'
  /** It goes back to its queue; its consumer and its channel go on. */
  | 'requeue';

export interface BrokerSettings {
  /** Proposed to clients, which may choose another value; 0 = none. */
  readonly heartbeatSeconds: number;
  /** Largest frame, both ways. */
  readonly frameMaxBytes: number;
  /** Largest frame before tune-ok. */
  readonly initialFrameMaxBytes: number;
  /** Channels per connection at most; 0 = no limit. */
  readonly channelMax: number;
  /** Largest message body. */
  readonly maxMessageBytes: number;
  /** From accept to connection.open-ok. */
  readonly handshakeTimeoutMs: number;
  /** Connections of the node at most. */
  readonly connectionMax: number;
  readonly consumerMaxPerChannel: number;
  /** How long a delivery may stay unacknowledged, unless queue or consumer say otherwise; 0 and Infinity = for ever. */
  readonly consumerTimeoutMs: number;
  readonly consumerTimeoutResponse: ConsumerTimeoutResponse;
  /** Bytes of messages that stay in memory before backlogs move to the disk. */
  readonly messageMemoryBytes: number;
  /** The server-properties table of connection.start, capabilities included. */
  readonly serverProperties: FieldTable;
  readonly defaultVhost: string;
  /** How this node calls itself in events and traces: name@host. */
  readonly nodeName: string;
  /** The vhost with the exchange amq.rabbitmq.event; undefined = there is none. */
  readonly eventExchangeVhost: string | undefined;
  /** Of queues whose declaration and vhost name none. */
  readonly defaultQueueType: string;
}

/** Where the core reports to; the composition root connects it to a logger. */
export interface BrokerLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
