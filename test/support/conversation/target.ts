// Where a conversation is held. A target only opens byte streams, so TCP and memory look the same.
import { type ByteStream, openTcp } from '../amqp/byte-stream.ts';
import type { BrokerName } from './script.ts';

export interface ConversationTarget {
  readonly name: string;
  readonly broker: BrokerName;
  open(): Promise<ByteStream>;
  close(): Promise<void>;
}

/** A broker that runs already, such as the RabbitMQ of ORACLE_URL. */
export function targetAt(name: string, broker: BrokerName, url: string): ConversationTarget {
  const { hostname, port } = new URL(url);
  return {
    name,
    broker,
    open: () => openTcp(hostname, Number(port === '' ? 5672 : port)),
    close: () => Promise.resolve(),
  };
}
