// What alert rules and dashboard ask for is there: a name that the metrics do not have would be an alert that never fires.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { type ManagedBroker, startManaged } from '../../support/management/management-client.ts';
import { parseMetrics } from '../../support/management/prometheus-text.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../src/management/prometheus/${name}`, import.meta.url), 'utf8');

const rules = read('alert-rules.yaml');
const dashboard = read('grafana-dashboard.json');

let managed: ManagedBroker;
const names = new Set<string>();

/** As the scrape jobs that the rules name. */
const PATHS = [
  '',
  '/detailed?family=queue_coarse_metrics&family=queue_consumer_count&family=queue_age_metrics',
];

beforeAll(async () => {
  managed = await startManaged({ prometheus: { port: 0 } });
  await managed.api.put('/queues/%2F/q');
  for (const path of PATHS) {
    const response = await fetch(`${managed.broker.metricsUrl}${path}`);
    for (const { name } of parseMetrics(await response.text()).samples) names.add(name);
  }
});

afterAll(() => managed.broker.close());

test.for([
  ['alert rules', rules],
  ['dashboard', dashboard],
] as const)('the %s ask for metrics that are there', ([, text]) => {
  const wanted = new Set(text.match(/\b(?:rabbitmq|warren)_\w+/g));
  expect(wanted.size).toBeGreaterThan(15);
  expect([...wanted].filter((name) => !names.has(name))).toEqual([]);
});

it('has an alert for everything that goes wrong silently', () => {
  const alerts = [...rules.matchAll(/- alert: WarrenMQ(\w+)\n {8}expr: ./g)].map(
    ([, name]) => name,
  );
  expect(alerts).toEqual([
    ...['Down', 'MemoryAlarm', 'DiskAlarm', 'DiskAlarmIsNear', 'ConnectionsBlocked'],
    ...['FileDescriptorsNearLimit', 'CommitsSlow', 'EventLoopDelayed', 'DamagedRecords'],
    ...['LoginsFail', 'UnackedGrowing', 'BacklogGrowing', 'MessagesUnroutable'],
    ...['MessagesDeadLettered', 'QueueWithoutConsumers', 'OldMessages', 'DeadLettersWaiting'],
  ]);
});

it('has each panel of the dashboard once, with a query', () => {
  const { panels } = JSON.parse(dashboard) as {
    panels: { id: number; type: string; title: string; targets?: { expr: string }[] }[];
  };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { type, title, targets = [] } of panels) {
    expect([title, targets.length > 0]).toEqual([title, type !== 'row']);
    // The data source and the broker are those that the reader chose.
    for (const { expr } of targets) expect(expr).toContain('instance=~"$instance"');
  }
});
