// What conversations need before they begin (users, vhosts, policies, limits), in the format of RabbitMQ's
// definitions, so that the same file prepares the oracle (`rabbitmqctl import_definitions`) and our own broker.
import { readFileSync } from 'node:fs';
import type { Admin } from '../../../src/admin/admin.ts';
import type { UserLimit } from '../../../src/broker/access.ts';
import type { ApplyTo } from '../../../src/broker/policy/policy.ts';
import type { VhostLimit } from '../../../src/broker/vhost/vhost.ts';

interface Policy {
  readonly pattern: string;
  readonly 'apply-to': ApplyTo;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly priority: number;
}

/** Of a vhost; the component says what the value is. */
type Parameter = { readonly vhost: string; readonly name: string } & (
  | { readonly component: 'operator_policy'; readonly value: Policy }
  | { readonly component: 'vhost-limits'; readonly value: Partial<Record<VhostLimit, number>> }
);

export interface Definitions {
  readonly vhosts: ReadonlyArray<{ readonly name: string }>;
  readonly users: ReadonlyArray<{
    readonly name: string;
    readonly password_hash: string;
    readonly tags: string;
    readonly limits: Partial<Record<UserLimit, number>>;
  }>;
  readonly permissions: ReadonlyArray<{
    readonly user: string;
    readonly vhost: string;
    readonly configure: string;
    readonly write: string;
    readonly read: string;
  }>;
  readonly topic_permissions: ReadonlyArray<{
    readonly user: string;
    readonly vhost: string;
    readonly exchange: string;
    readonly write: string;
    readonly read: string;
  }>;
  readonly policies: ReadonlyArray<Policy & { readonly vhost: string; readonly name: string }>;
  readonly parameters: readonly Parameter[];
}

const FILE = new URL('../../conversations/definitions.json', import.meta.url);

export function readDefinitions(): Definitions {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Definitions;
}

/** All of them but users, vhosts and permissions, which must be there already. */
export async function applyDefinitions(admin: Admin): Promise<void> {
  const { users, topic_permissions: topics, policies, parameters } = readDefinitions();
  for (const { name, limits } of users) {
    for (const [limit, value] of Object.entries(limits)) {
      await admin.setUserLimit(name, limit as UserLimit, value);
    }
  }
  for (const { user, vhost, exchange, write, read } of topics) {
    await admin.setTopicPermission(user, vhost, exchange, { write, read });
  }
  for (const { vhost, name, ...policy } of policies) {
    await admin.setPolicy(vhost, name, settingsOf(policy));
  }
  for (const { vhost, name, component, value } of parameters) {
    if (component === 'operator_policy') {
      await admin.setOperatorPolicy(vhost, name, settingsOf(value));
      continue;
    }
    for (const [limit, number] of Object.entries(value)) {
      await admin.setVhostLimit(vhost, limit as VhostLimit, number);
    }
  }
}

function settingsOf({ 'apply-to': applyTo, ...rest }: Policy) {
  return { ...rest, applyTo };
}
