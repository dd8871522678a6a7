// The one place where a permission of an actor on a resource is required.

import { type AmqpError, accessRefused } from '../../protocol/amqp-error.ts';
import type { Access, Permission, TopicPermission } from '../access.ts';
import type { Actor } from '../actor.ts';
import type { Exchange } from '../exchange/exchange.ts';

export type ResourceKind = 'exchange' | 'queue';

/** How RabbitMQ names a resource inside texts. */
export function resourceText(kind: ResourceKind, name: string, vhostName: string): string {
  return `${kind} '${name}' in vhost '${vhostName}'`;
}

/** Permissions know the default exchange by this name. */
const DEFAULT_EXCHANGE_ALIAS = 'amq.default';

/** Throws 403 when the actor lacks the permission. Asked before existence: 403 hides 404. */
export function requirePermission(
  access: Access,
  actor: Actor,
  vhostName: string,
  permission: Permission,
  kind: ResourceKind,
  name: string,
): void {
  const checkedName = kind === 'exchange' && name === '' ? DEFAULT_EXCHANGE_ALIAS : name;
  if (access.allows(actor.user, vhostName, permission, checkedName)) return;
  throw permissionRefused(actor, vhostName, permission, kind, checkedName);
}

/** True when somebody has restricted the topics of this exchange for the user. */
export function hasTopicRules(access: Access, actor: Actor, exchange: Exchange): boolean {
  return (
    exchange.type === 'topic' &&
    access.restrictsTopics(actor.user, exchange.vhostName, exchange.name)
  );
}

/** Throws 403 when the routing key is none that the user may use with this topic exchange. */
export function requireTopicPermission(
  access: Access,
  actor: Actor,
  exchange: Exchange,
  permission: TopicPermission,
  routingKey: string,
): void {
  if (!hasTopicRules(access, actor, exchange)) return;
  const { name, vhostName } = exchange;
  if (access.allowsTopic(actor.user, vhostName, name, permission, routingKey)) return;
  const resource = resourceText('exchange', name, vhostName);
  throw accessRefused(
    `${permission} access to topic '${routingKey}' in ${resource} refused for user '${actor.user.name}'`,
  );
}

function permissionRefused(
  actor: Actor,
  vhostName: string,
  permission: Permission,
  kind: ResourceKind,
  name: string,
): AmqpError {
  const resource = resourceText(kind, name, vhostName);
  return accessRefused(`${permission} access to ${resource} refused for user '${actor.user.name}'`);
}
