// What the resources of admin/ are made from: the broker, its users, and the facts of this node that
// the core does not know. Handed on by HTTP, command line and embedded API, opened here only.

import type { InternalUsers } from '../auth/internal-users.ts';
import type { Broker } from '../broker/broker.ts';
import type { Changes } from './changes.ts';

/** Where the node listens. `protocol` is RabbitMQ's word: `amqp`, `http`, `http/prometheus`. */
export interface ListenerFact {
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

export interface NodeFacts {
  /** As the configuration has it, until an operator sets another. */
  readonly clusterName: string;
  readonly productName: string;
  readonly productVersion: string;
  /** Tools choose their dialect by it. */
  readonly rabbitmqVersion: string;
  readonly listeners: () => readonly ListenerFact[];
}

export interface AdminNode {
  readonly broker: Broker;
  readonly users: InternalUsers;
  readonly changes: Changes;
  readonly facts: NodeFacts;
}
