// What holds for a queue and why: an argument, a policy, or an operator policy. Of numbers the stricter wins; the API gives
// the merged policies, and where a value is from is seen from what each of the two says.
import type { QueueView } from '../http/views.ts';

export interface EffectiveSetting {
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

type Definition = Readonly<Record<string, unknown>>;

/** Undefined while it is unknown. */
export interface PolicyDefinitions {
  readonly policy?: Definition | undefined;
  readonly operatorPolicy?: Definition | undefined;
}

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

export function effectiveSettings(
  queue: QueueView,
  definitions: PolicyDefinitions = {},
): EffectiveSetting[] {
  const policies = queue.effective_policy_definition ?? {};
  const settings = new Map(
    Object.entries(policies).map(([key, value]) => [
      key,
      { key, value: text(value), origin: policyOrigin(queue, definitions, key, value) },
    ]),
  );
  for (const [name, value] of Object.entries(queue.arguments)) {
    const key = name.replace(/^x-/, '');
    const fromPolicy = policies[key];
    const isStricter =
      typeof value === 'number' && typeof fromPolicy === 'number' ? value <= fromPolicy : true;
    if (isStricter) settings.set(key, { key, value: text(value), origin: 'argument' });
  }
  return [...settings.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function policyOrigin(
  { policy, operator_policy }: QueueView,
  definitions: PolicyDefinitions,
  key: string,
  value: unknown,
): string {
  const sources = [
    { name: policy, words: `policy ${policy}`, definition: definitions.policy },
    {
      name: operator_policy,
      words: `operator policy ${operator_policy}`,
      definition: definitions.operatorPolicy,
    },
  ].filter(({ name }) => name);
  const says = sources.filter(({ definition }) => text(definition?.[key]) === text(value));
  const [first] = says.length > 0 ? says : sources;
  if (says.length > 0 || sources.length < 2) return first?.words ?? 'policy';
  return sources.map(({ words }) => words).join(' or ');
}
