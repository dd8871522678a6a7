// What events say of policies and of the limits of virtual hosts: RabbitMQ's header names. To RabbitMQ
// limits and operator policies are parameters, and told as such, too.

import type { FieldValue } from '../../protocol/field-table.ts';
import { fieldValueOf, type PlainValue } from '../../protocol/field-value.ts';
import type { PolicyValue } from '../applied-policies.ts';
import type { BrokerEvents, EventFields } from '../events.ts';
import type { Policy, PolicyKind } from '../policy/policy.ts';
import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from './vhost.ts';

interface Parameter {
  readonly name: string;
  readonly component: 'operator_policy' | 'vhost-limits';
  readonly vhost: string;
}

/** `changed`: the queues for which something else holds now. */
export function policySet(
  events: BrokerEvents,
  kind: PolicyKind,
  vhost: string,
  policy: Policy,
  changed: readonly Queue[],
): void {
  const described = () => ({
    'apply-to': policy.applyTo,
    priority: policy.priority,
    definition: asTable(policy.definition),
    pattern: policy.pattern.text,
  });
  const by = { user_who_performed_action: events.actorName };
  const { name } = policy;
  if (kind === 'operator_policy') {
    const value = () => tableOf(described());
    parameterSet(events, { name, component: kind, vhost }, value);
  }
  for (const queue of changed) {
    events.emit('queue.policy.updated', () => ({ ...described(), ...by, ...typed(queue) }));
  }
  events.emit('policy.set', () => ({ ...described(), ...by, vhost, name }));
}

export function policyCleared(
  events: BrokerEvents,
  kind: PolicyKind,
  vhost: string,
  name: string,
  changed: readonly Queue[],
): void {
  const by = { user_who_performed_action: events.actorName };
  if (kind === 'operator_policy') {
    parameterCleared(events, { name, component: kind, vhost });
  }
  for (const queue of changed) {
    events.emit('queue.policy.cleared', () => ({ ...by, ...typed(queue) }));
  }
  if (kind === 'policy') events.emit('policy.cleared', () => ({ ...by, vhost, name }));
}

export function vhostLimitsSet(events: BrokerEvents, vhost: VirtualHost): void {
  const limits = Object.fromEntries(vhost.limits);
  const none: FieldValue = { type: 'A', value: [] };
  const value = () => (vhost.limits.size === 0 ? none : tableOf(limits));
  parameterSet(events, limitsOf(vhost), value);
  const by = { user_who_performed_action: events.actorName };
  events.emit('vhost.limits.set', () => ({ ...limits, ...by, name: 'limits' }));
}

/** Its vhost is gone. */
export function vhostLimitsCleared(events: BrokerEvents, vhost: VirtualHost): void {
  parameterCleared(events, limitsOf(vhost));
  const by = { user_who_performed_action: events.actorName };
  events.emit('vhost.limits.cleared', () => ({ ...by, name: 'limits' }));
}

function limitsOf({ name }: VirtualHost): Parameter {
  return { name: 'limits', component: 'vhost-limits', vhost: name };
}

function parameterSet(events: BrokerEvents, parameter: Parameter, value: () => FieldValue): void {
  events.emit('parameter.set', () => ({
    user_who_performed_action: events.actorName,
    value: value(),
    ...parameter,
  }));
}

function parameterCleared(events: BrokerEvents, parameter: Parameter): void {
  events.emit('parameter.cleared', () => ({
    user_who_performed_action: events.actorName,
    ...parameter,
  }));
}

function typed(queue: Queue): EventFields {
  return { type: queue.type.moduleName, vhost: queue.vhostName, name: queue.name };
}

function asTable(definition: ReadonlyMap<string, PolicyValue>): FieldValue {
  return tableOf(Object.fromEntries(definition));
}

/** Whole numbers are `long` everywhere in events. */
function tableOf(fields: EventFields | Readonly<Record<string, PolicyValue>>): FieldValue {
  const entries = Object.entries(fields).map(([name, value]) => [name, withLongs(value)]);
  return fieldValueOf(Object.fromEntries(entries));
}

function withLongs(value: PlainValue): PlainValue {
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}
