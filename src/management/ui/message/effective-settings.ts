// What holds for a queue and why: an argument, a policy, or an operator policy. The API gives the merged policies only, so a
// value that both could have set is named after both.
import type { QueueView } from '../http/views.ts';

export interface EffectiveSetting {
  readonly key: string;
  readonly value: string;
  readonly origin: string;
}

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

export function effectiveSettings(queue: QueueView): EffectiveSetting[] {
  const fromArguments = Object.entries(queue.arguments).map(([key, value]) => ({
    key: key.replace(/^x-/, ''),
    value,
  }));
  const policies = queue.effective_policy_definition ?? {};
  const settings = new Map(
    Object.entries(policies).map(([key, value]) => [
      key,
      { key, value: text(value), origin: policyOrigin(queue) },
    ]),
  );
  for (const { key, value } of fromArguments) {
    const fromPolicy = policies[key];
    const isStricter =
      typeof value === 'number' && typeof fromPolicy === 'number' ? value <= fromPolicy : true;
    if (isStricter) settings.set(key, { key, value: text(value), origin: 'argument' });
  }
  return [...settings.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function policyOrigin({ policy, operator_policy }: QueueView): string {
  const names = [
    policy ? `policy ${policy}` : '',
    operator_policy ? `operator policy ${operator_policy}` : '',
  ];
  return names.filter((name) => name !== '').join(' or ') || 'policy';
}
