// The node as a cluster of one.

import { QUEUE_TYPES } from '../broker/queue/queue-types.ts';
import { ValidationError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import { requireText } from './checks.ts';
import type { View } from './columns.ts';
import { CLUSTER_NAME } from './global-parameters.ts';

export function clusterName(node: AdminNode): string {
  return node.globalParameters.text(CLUSTER_NAME) ?? node.facts.clusterName;
}

/** New connections see it in the server properties. Throws ValidationError. */
export function setClusterName(node: AdminNode, name: unknown): void {
  requireText('name', name);
  if (name === '' || Buffer.byteLength(name, 'utf8') > 255) {
    throw new ValidationError('name has 1 to 255 octets');
  }
  setGlobalParameter(node, CLUSTER_NAME, name);
}

/** Returns whether it is new. Throws ValidationError. */
export function setGlobalParameter(node: AdminNode, name: string, value: unknown): boolean {
  const isNew = node.globalParameters.set(name, value);
  if (name === CLUSTER_NAME) showClusterName(node);
  return isNew;
}

/** Throws NotFoundError. */
export function clearGlobalParameter(node: AdminNode, name: string): void {
  node.globalParameters.clear(name);
  if (name === CLUSTER_NAME) showClusterName(node);
}

function showClusterName(node: AdminNode): void {
  const { broker } = node;
  const properties = new Map(broker.serverProperties);
  const value = Buffer.from(clusterName(node), 'utf8');
  broker.serverProperties = properties.set('cluster_name', { type: 'S', value });
}

/** Since the start, or since they were last set to zero. */
export function loginAttempts(node: AdminNode): View[] {
  return Object.entries(node.users.logins.counts).map(([protocol, { attempts, failed }]) => ({
    protocol,
    auth_attempts: attempts,
    auth_attempts_failed: failed,
    auth_attempts_succeeded: attempts - failed,
  }));
}

export function resetLoginAttempts(node: AdminNode): void {
  node.users.logins.resetCounts();
}

/** What RabbitMQ's clients ask for; all of it is simply there. */
const FEATURES: readonly (readonly [name: string, description: string])[] = [
  ['classic_mirrored_queue_version', 'Support setting version for classic mirrored queues'],
  ['classic_queue_type_delivery_support', 'Deliveries from classic queues carry their queue type'],
  ['detailed_queues_endpoint', 'GET /api/queues/detailed'],
  ['drop_unroutable_metric', 'Count unroutable publishes to be dropped in stats'],
  ['empty_basic_get_metric', 'Count AMQP `basic.get` on empty queues in stats'],
  ['feature_flags_v2', 'Feature flags subsystem V2'],
  ['implicit_default_bindings', 'Default bindings are implicit, not stored'],
  ['maintenance_mode_status', 'Maintenance mode status'],
  ['stream_queue', 'Support queues of type `stream`'],
  ['quorum_queue', 'Support queues of type `quorum`'],
  ['user_limits', 'Configure connection and channel limits for a user'],
  ['virtual_host_metadata', 'Virtual host metadata (description, tags)'],
];

export function featureFlags(): View[] {
  return FEATURES.map(([name, desc]) => ({
    name,
    desc,
    doc_url: '',
    state: isThere(name) ? 'enabled' : 'unavailable',
    stability: 'required',
    provided_by: 'rabbit',
  }));
}

/** Throws ValidationError for one that is not there; all others are on already. */
export function enableFeature(name: string): void {
  const isKnown = FEATURES.some(([known]) => known === name);
  if (!isKnown || !isThere(name)) throw new ValidationError('unsupported');
}

/** A queue type may still be one that declarations are refused for. */
function isThere(feature: string): boolean {
  const type = QUEUE_TYPES.get(feature.replace(/_queue$/, ''));
  return type === undefined || type.isSupported;
}
