// The policies of one vhost, and which of them apply to a queue or exchange: of each kind the one with
// the highest priority.

import { type AppliedPolicies, NO_POLICIES, type PolicyDefinition } from '../applied-policies.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { queueTypeOf } from '../queue/arguments.ts';
import type { Queue } from '../queue/queue.ts';
import { settingsOf } from '../queue/queue-settings.ts';
import { DEFAULT_QUEUE_TYPE, type QueueTypeName } from '../queue/queue-types.ts';
import { effectiveArguments, mergeDefinitions } from './effective-arguments.ts';
import { appliesToExchange, appliesToQueue, type Policy, type PolicyKind } from './policy.ts';

const NO_DEFINITION: PolicyDefinition = new Map();

export class VhostPolicies {
  readonly #byName: Readonly<Record<PolicyKind, Map<string, Policy>>> = {
    policy: new Map(),
    operator_policy: new Map(),
  };
  /** Highest priority first. */
  readonly #ordered: Record<PolicyKind, readonly Policy[]> = { policy: [], operator_policy: [] };
  /** By the names of the two policies. */
  readonly #applied = new Map<string, AppliedPolicies>();

  get count(): number {
    return this.#byName.policy.size + this.#byName.operator_policy.size;
  }

  get(kind: PolicyKind, name: string): Policy | undefined {
    return this.#byName[kind].get(name);
  }

  all(kind: PolicyKind): readonly Policy[] {
    return this.#ordered[kind];
  }

  /** Queues and exchanges follow when they are given to `applyToQueue` and `applyToExchange`. */
  put(kind: PolicyKind, policy: Policy): void {
    this.#byName[kind].set(policy.name, policy);
    this.#changed(kind, policy.name);
  }

  delete(kind: PolicyKind, name: string): void {
    this.#byName[kind].delete(name);
    this.#changed(kind, name);
  }

  #changed(kind: PolicyKind, name: string): void {
    // RabbitMQ leaves open which of two with the same priority applies; here the name decides.
    this.#ordered[kind] = [...this.#byName[kind].values()].sort(
      (a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1),
    );
    for (const [key, applied] of this.#applied) {
      if (nameOf(kind, applied) === name) this.#applied.delete(key);
    }
  }

  /** False for what a change of that policy leaves as it is. */
  concernsQueue(kind: PolicyKind, name: string, queue: Queue): boolean {
    if (nameOf(kind, queue.policies) === name) return true;
    const policy = this.get(kind, name);
    return policy !== undefined && appliesToQueue(policy, queue.name, typeNameOf(queue));
  }

  /** Finds the queue's policies anew, and gives it the settings that follow if that is a change: true. */
  applyToQueue(queue: Queue): boolean {
    const type = typeNameOf(queue);
    const applied = this.#find((policy) => appliesToQueue(policy, queue.name, type));
    if (applied === queue.policies) return false;
    queue.policies = applied;
    const effective = effectiveArguments(queue.arguments, applied.definition, type);
    queue.applySettings(settingsOf(effective));
    return true;
  }

  /** True when the change may alter routes. */
  applyToExchange(exchange: Exchange): boolean {
    const applied = this.#find((policy) => appliesToExchange(policy, exchange.name));
    return exchange.applyPolicies(applied);
  }

  #find(applies: (policy: Policy) => boolean): AppliedPolicies {
    const policy = this.#ordered.policy.find(applies);
    const operator = this.#ordered.operator_policy.find(applies);
    if (policy === undefined && operator === undefined) return NO_POLICIES;
    const key = JSON.stringify([policy?.name, operator?.name]);
    let applied = this.#applied.get(key);
    if (applied === undefined) {
      applied = {
        policy: policy?.name,
        operatorPolicy: operator?.name,
        definition: mergeDefinitions(
          policy?.definition ?? NO_DEFINITION,
          operator?.definition ?? NO_DEFINITION,
        ),
      };
      this.#applied.set(key, applied);
    }
    return applied;
  }
}

function nameOf(kind: PolicyKind, applied: AppliedPolicies): string | undefined {
  return kind === 'policy' ? applied.policy : applied.operatorPolicy;
}

function typeNameOf(queue: Queue): QueueTypeName {
  const type = queueTypeOf(queue.arguments);
  return (typeof type === 'string' ? DEFAULT_QUEUE_TYPE : type).name;
}
