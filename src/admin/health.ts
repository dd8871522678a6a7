// Health checks: RabbitMQ's questions, asked by load balancers and monitors.

import type { OwnMessage } from '../broker/broker-publisher.ts';
import { NO_BODY } from '../broker/broker-publisher.ts';
import { EMPTY_TABLE } from '../protocol/field-table.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import type { Requester } from './requester.ts';

/** `view` without `status`; undefined reason: all is well. */
export interface Health {
  readonly isGood: boolean;
  readonly view: View;
}

const good = (view: View = {}): Health => ({ isGood: true, view });
const bad = (reason: string, view: View = {}): Health => ({
  isGood: false,
  view: { reason, ...view },
});

/** `where` is RabbitMQ's word: there is one node, so both mean the same. */
export function alarmHealth(node: AdminNode, where: 'in the cluster' | 'on the node'): Health {
  const alarms = alarmsOf(node);
  if (alarms.length === 0) return good();
  const { nodeName } = node.broker.settings;
  return bad(`There are alarms in effect ${where}`, {
    alarms: alarms.map((resource) => ({ node: nodeName, resource })),
  });
}

/** The older check, with Erlang's words. */
export function nodeHealth(node: AdminNode): Health {
  const { nodeName } = node.broker.settings;
  const alarms = alarmsOf(node).map((resource) => `{resource_limit,${resource},${nodeName}}`);
  if (alarms.length === 0) return good();
  return bad(`resource alarm(s) in effect:[${alarms.join(',')}]`);
}

export function portHealth(node: AdminNode, port: number): Health {
  const ports = [...new Set(node.facts.listeners().map((listener) => listener.port))];
  if (ports.includes(port)) return good({ port });
  return bad('No active listener', { missing: port, ports });
}

/** Other names of protocols that RabbitMQ's checks take. */
const ALIASES: Readonly<Record<string, string>> = {
  amqp091: 'amqp',
  'amqp0.9.1': 'amqp',
  'amqp0-9-1': 'amqp',
  'amqp 0-9-1': 'amqp',
  amqps: 'amqp/ssl',
  prometheus: 'http/prometheus',
};

/** One protocol, or several with commas between them: one of them is enough. */
export function protocolHealth(node: AdminNode, text: string): Health {
  const wanted = text.split(',').map((word) => word.trim());
  const protocols = [...new Set(node.facts.listeners().map(({ protocol }) => protocol))];
  const found = wanted.filter((word) => {
    const lower = word.toLowerCase();
    return protocols.includes(ALIASES[lower] ?? lower);
  });
  if (found.length > 0) {
    return good(wanted.length === 1 ? { protocol: text } : { protocols: found });
  }
  return bad('No active listener', { missing: wanted.length === 1 ? text : wanted, protocols });
}

/** A vhost that exists is running. */
export function vhostHealth(): Health {
  return good();
}

/** A single node holds everything itself. */
export function singleNodeHealth(): Health {
  return good({ reason: 'single node cluster' });
}

export function connectionLimitHealth(node: AdminNode): Health {
  const { connectionMax } = node.broker.settings;
  const connections = node.broker.openConnectionCount;
  if (connections < connectionMax) return good();
  return bad('node connection limit is reached', { connections, limit: connectionMax });
}

export function readinessHealth(node: AdminNode): Health {
  const protocol = protocolHealth(node, 'amqp');
  if (!protocol.isGood) return protocol;
  return connectionLimitHealth(node);
}

/** No listener of this broker has a certificate. */
export function certificateHealth(): Health {
  return good();
}

const ALIVENESS_QUEUE = 'aliveness-test';

/**
 * Declares a queue, publishes a message to it and takes it out again, with the requester's permissions.
 * Unlike RabbitMQ's, the queue is gone afterwards. Throws AmqpError.
 */
export async function aliveness(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
): Promise<Health> {
  const { topology, vhosts, publisher } = node.broker;
  const vhost = vhosts.existing(vhostName);
  const actor = { user: requester.user, connection: {} };
  const declaration = {
    ...{ name: ALIVENESS_QUEUE, isDurable: false, isExclusive: false, isAutoDelete: false },
    arguments: EMPTY_TABLE,
  };
  const message: OwnMessage = {
    ...{ exchange: '', routingKey: ALIVENESS_QUEUE, properties: {} },
    ...NO_BODY,
  };
  await node.changes.make(() => {
    topology.declareQueue(actor, vhost, declaration);
    publisher.publish(vhost, message);
  });
  // Tests at the same time share the queue: each of them knows that a message came through.
  return node.changes.make(() => {
    const count = vhost.queues.has(ALIVENESS_QUEUE)
      ? topology.purgeQueue(actor, vhost, ALIVENESS_QUEUE)
      : 1;
    topology.deleteQueue(actor, vhost, { name: ALIVENESS_QUEUE, ifUnused: true, ifEmpty: false });
    return count > 0 ? good() : bad('the test message did not arrive');
  });
}

/** RabbitMQ's names of the resources that are short. */
function alarmsOf(node: AdminNode): string[] {
  return node.broker.alarms.map((alarm) => alarm.replace(/^low on /, ''));
}
