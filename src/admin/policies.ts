// Policies and operator policies as operators see and change them.

import type { Policy, PolicyKind } from '../broker/policy/policy.ts';
import type { PolicyFields } from '../broker/policy/policy-validation.ts';
import { NotFoundError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import { requireText } from './checks.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { compareTexts } from './term-order.ts';

interface Placed {
  readonly vhost: string;
  readonly policy: Policy;
}

/** Those of these vhosts. */
export function policyList(
  node: AdminNode,
  kind: PolicyKind,
  vhosts: readonly string[],
): ListSource<Placed> {
  const items = vhosts.flatMap((vhost) =>
    node.broker.vhosts
      .existing(vhost)
      .policies.all(kind)
      .toSorted((one, other) => compareTexts(one.name, other.name))
      .map((policy) => ({ vhost, policy })),
  );
  return {
    items,
    name: ({ policy }) => policy.name,
    view: ({ vhost, policy }) => policyView(vhost, policy),
  };
}

/** Throws NotFoundError. */
export function policyByName(node: AdminNode, kind: PolicyKind, vhost: string, name: string): View {
  const policy = node.broker.vhosts.existing(vhost).policies.get(kind, name);
  if (policy === undefined) throw new NotFoundError('Parameter does not exist');
  return policyView(vhost, policy);
}

/** Returns whether it is new. Throws ValidationError and NotFoundError. */
export function putPolicy(
  node: AdminNode,
  kind: PolicyKind,
  vhost: string,
  name: string,
  fields: PolicyFields,
): boolean {
  requireText('name', name);
  const isNew = node.broker.vhosts.existing(vhost).policies.get(kind, name) === undefined;
  node.broker.policies.set(kind, vhost, name, fields);
  return isNew;
}

/** Throws NotFoundError. */
export function clearPolicy(node: AdminNode, kind: PolicyKind, vhost: string, name: string): void {
  node.broker.policies.clear(kind, vhost, name);
}

function policyView(vhost: string, policy: Policy): View {
  return { vhost, name: policy.name, ...policyValue(policy) };
}

/** Without where it stands. */
export function policyValue({ pattern, applyTo, definition, priority }: Policy): View {
  return {
    pattern: pattern.text,
    'apply-to': applyTo,
    definition: Object.fromEntries(definition),
    priority,
  };
}
