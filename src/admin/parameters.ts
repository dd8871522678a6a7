// Parameters by component, as RabbitMQ's API shows them. The components of this broker are what other
// resources hold: operator policies and the limits of vhosts.

import { POLICY_KINDS, type PolicyKind } from '../broker/policy/policy.ts';
import type { VirtualHost } from '../broker/vhost/vhost.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import { setVhostLimits } from './limits.ts';
import type { ListSource } from './listing.ts';
import { clearPolicy, policyValue, putPolicy } from './policies.ts';
import { compareTexts } from './term-order.ts';

const VHOST_LIMITS = 'vhost-limits';
/** The one name under which a vhost has limits. */
const LIMITS_NAME = 'limits';

export interface Parameter {
  readonly component: string;
  readonly vhost: string;
  readonly name: string;
  readonly value: View;
}

/** Without a component: of all but `policy`, which has an API of its own. */
export function parameterList(
  node: AdminNode,
  vhosts: readonly string[],
  component?: string,
): ListSource<Parameter> {
  const items = vhosts
    .flatMap((name) => parametersOf(node.broker.vhosts.existing(name)))
    .filter((parameter) =>
      component === undefined
        ? parameter.component !== 'policy'
        : parameter.component === component,
    )
    .sort(
      (one, other) =>
        compareTexts(one.vhost, other.vhost) ||
        compareTexts(one.component, other.component) ||
        compareTexts(one.name, other.name),
    );
  return { items, name: ({ name }) => name, view: (parameter) => parameterView(parameter) };
}

/** Throws NotFoundError. */
export function parameterByName(
  node: AdminNode,
  component: string,
  vhost: string,
  name: string,
): View {
  const list = parameterList(node, [vhost], component).items;
  const found = list.find((parameter) => parameter.name === name);
  if (found === undefined) throw new NotFoundError('Parameter does not exist');
  return parameterView(found);
}

/** Returns whether it is new. Throws ValidationError and NotFoundError. */
export function putParameter(
  node: AdminNode,
  component: string,
  vhost: string,
  name: string,
  value: unknown,
): boolean {
  if (component === 'policy') {
    throw new ValidationError('policies may not be set using this method');
  }
  if (component === 'operator_policy') {
    return putPolicy(node, component, vhost, name, policyFields(value));
  }
  if (component !== VHOST_LIMITS) throw new ValidationError(`component ${component} not found`);
  if (name !== LIMITS_NAME) {
    throw new ValidationError(`component ${component} has one name only: ${LIMITS_NAME}`);
  }
  const isNew = node.broker.vhosts.existing(vhost).limits.size === 0;
  setVhostLimits(node, vhost, value);
  return isNew;
}

/** Throws NotFoundError. */
export function clearParameter(
  node: AdminNode,
  component: string,
  vhost: string,
  name: string,
): void {
  const kind = kindOf(component);
  if (kind !== undefined) return clearPolicy(node, kind, vhost, name);
  parameterByName(node, component, vhost, name);
  setVhostLimits(node, vhost, {});
}

function kindOf(component: string): PolicyKind | undefined {
  return POLICY_KINDS.find((kind) => kind === component);
}

function policyFields(value: unknown): Parameters<typeof putPolicy>[4] {
  const fields = typeof value === 'object' && value !== null ? (value as View) : {};
  const { pattern, definition, priority = 0, 'apply-to': applyTo = 'all' } = fields;
  return { pattern, definition, priority, 'apply-to': applyTo };
}

function parametersOf(vhost: VirtualHost): Parameter[] {
  const parameters: Parameter[] = POLICY_KINDS.flatMap((kind) =>
    vhost.policies.all(kind).map((policy) => ({
      component: kind,
      vhost: vhost.name,
      name: policy.name,
      value: policyValue(policy),
    })),
  );
  if (vhost.limits.size > 0) {
    const value = Object.fromEntries(vhost.limits);
    parameters.push({ component: VHOST_LIMITS, vhost: vhost.name, name: LIMITS_NAME, value });
  }
  return parameters;
}

function parameterView({ component, vhost, name, value }: Parameter): View {
  return { value, vhost, component, name };
}
