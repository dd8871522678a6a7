// Headers as RabbitMQ 3.10.8 sends them: names, order and values were compared with it.
import { beforeEach, expect, it } from 'vitest';
import type { EventFields } from '../../../src/broker/events.ts';
import type { Policy } from '../../../src/broker/policy/policy.ts';
import {
  policyCleared,
  policySet,
  vhostLimitsCleared,
  vhostLimitsSet,
} from '../../../src/broker/vhost/parameter-events.ts';
import { tableOf } from '../../../src/protocol/field-value.ts';
import { Bench } from './topology-fixture.ts';

let bench: Bench;
let heard: [string, EventFields][];

beforeEach(() => {
  bench = new Bench();
  bench.declareQueue('q');
  heard = [];
  bench.events.listen((name, fields) => heard.push([name, fields()]));
});

const policy: Policy = {
  id: 1,
  name: 'p',
  pattern: { text: '^q', matches: (name) => name.startsWith('q') },
  applyTo: 'queues',
  priority: 3,
  definition: new Map<string, string | number>([
    ['expires', 60_000],
    ['overflow', 'drop-head'],
  ]),
};
const described = {
  'apply-to': 'queues',
  priority: 3,
  definition: { type: 'F', value: tableOf({ expires: 60_000n, overflow: 'drop-head' }) },
  pattern: '^q',
};
const by = { user_who_performed_action: 'ann' };
const queue = { type: 'rabbit_classic_queue', vhost: '/', name: 'q' };

/** Also the order of the headers. */
function expectHeard(...expected: [string, object][]): void {
  expect(heard).toEqual(expected);
  const orderOf = (list: readonly [string, object][]) => list.map(([, it]) => Object.keys(it));
  expect(orderOf(heard)).toEqual(orderOf(expected));
}

it('a policy is told after the queues that it changes', () => {
  bench.events.by('ann', () => policySet(bench.events, 'policy', '/', policy, [bench.queue('q')]));
  expectHeard(
    ['queue.policy.updated', { ...described, ...by, ...queue }],
    ['policy.set', { ...described, ...by, vhost: '/', name: 'p' }],
  );
});

it('an operator policy is a parameter, too', () => {
  bench.events.by('ann', () => policySet(bench.events, 'operator_policy', '/', policy, []));
  const definition = { expires: 60_000n, overflow: 'drop-head' };
  const value = tableOf({ 'apply-to': 'queues', priority: 3n, definition, pattern: '^q' });
  const parameter = { name: 'p', component: 'operator_policy', vhost: '/' };
  expectHeard(
    ['parameter.set', { ...by, value: { type: 'F', value }, ...parameter }],
    ['policy.set', { ...described, ...by, vhost: '/', name: 'p' }],
  );
});

it('policies are cleared', () => {
  bench.events.by('ann', () => policyCleared(bench.events, 'policy', '/', 'p', [bench.queue('q')]));
  bench.events.by('ann', () => policyCleared(bench.events, 'operator_policy', '/', 'o', []));
  expectHeard(
    ['queue.policy.cleared', { ...by, ...queue }],
    ['policy.cleared', { ...by, vhost: '/', name: 'p' }],
    ['parameter.cleared', { ...by, name: 'o', component: 'operator_policy', vhost: '/' }],
  );
});

it('the limits of a vhost are a parameter; without any its value is an empty list', () => {
  const parameter = { name: 'limits', component: 'vhost-limits', vhost: '/' };
  bench.vhost.limits.set('max-queues', 4);
  bench.events.by('ann', () => vhostLimitsSet(bench.events, bench.vhost));
  bench.vhost.limits.clear();
  bench.events.by('ann', () => vhostLimitsSet(bench.events, bench.vhost));
  bench.events.by('ann', () => vhostLimitsCleared(bench.events, bench.vhost));
  const value = { type: 'F', value: tableOf({ 'max-queues': 4n }) };
  expectHeard(
    ['parameter.set', { ...by, value, ...parameter }],
    ['vhost.limits.set', { 'max-queues': 4, ...by, name: 'limits' }],
    ['parameter.set', { ...by, value: { type: 'A', value: [] }, ...parameter }],
    ['vhost.limits.set', { ...by, name: 'limits' }],
    ['parameter.cleared', { ...by, ...parameter }],
    ['vhost.limits.cleared', { ...by, name: 'limits' }],
  );
});
