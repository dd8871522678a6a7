// What the resources of admin/ are made from: the broker, its users, and the facts of this node that
// the core does not know. Handed on by HTTP, command line and embedded API, opened here only.

import type { InternalUsers } from '../auth/internal-users.ts';
import type { Broker } from '../broker/broker.ts';
import { Changes } from './changes.ts';
import type { GlobalParameters } from './global-parameters.ts';
import type { NodeReadings } from './readings.ts';
import { Sessions } from './sessions.ts';
import { Statistics } from './statistics/statistics.ts';
import { Transfers } from './transfers.ts';

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
  /** Records that were found damaged and set aside since the start. */
  readonly damagedCount: () => number;
}

export interface AdminNode {
  readonly broker: Broker;
  readonly users: InternalUsers;
  readonly changes: Changes;
  readonly globalParameters: GlobalParameters;
  readonly sessions: Sessions;
  readonly facts: NodeFacts;
  readonly readings: NodeReadings;
  readonly statistics: Statistics;
  readonly transfers: Transfers;
}

export interface AdminNodeOptions {
  readonly broker: Broker;
  readonly users: InternalUsers;
  readonly globalParameters: GlobalParameters;
  readonly facts: NodeFacts;
  readonly readings: NodeReadings;
  /** Without a request for this long, a session ends. */
  readonly sessionIdleMs: number;
}

export function createAdminNode(options: AdminNodeOptions): AdminNode {
  const { broker, users, globalParameters, facts, readings, sessionIdleMs } = options;
  const { clock, random } = broker;
  return {
    broker,
    users,
    globalParameters,
    facts,
    readings,
    statistics: new Statistics(broker, readings),
    transfers: new Transfers(),
    changes: new Changes(broker.turn),
    sessions: new Sessions({ users, clock, random, idleMs: sessionIdleMs }),
  };
}
