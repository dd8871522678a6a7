// The alert rules and the dashboard ask for metrics that there are.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningBroker, startBroker } from '../src/node.ts';
import { parseMetrics } from './support/management/prometheus-text.ts';

let broker: RunningBroker;
let names: ReadonlySet<string>;

beforeAll(async () => {
  broker = await startBroker({ port: 0, memory: true, prometheus: { port: 0 } });
  const text = await (await fetch(broker.metricsUrl ?? '')).text();
  names = new Set(parseMetrics(text).samples.map(({ name }) => name));
});

afterAll(() => broker.close());

const read = (name: string) =>
  readFileSync(new URL(`../monitoring/${name}`, import.meta.url), 'utf8');
const metricsIn = (text: string) =>
  [...text.matchAll(/\b(?:rabbitmq|warren)_\w+/g)].map(([name]) => name);

test.for(['warrenmq-alerts.yml', 'warrenmq-dashboard.json'])('%s', (file) => {
  const asked = metricsIn(read(file));
  expect(asked.length).toBeGreaterThan(10);
  expect(asked.filter((name) => !names.has(name))).toEqual([]);
});

test('every panel of the dashboard has a place and something to show', () => {
  const { panels } = JSON.parse(read('warrenmq-dashboard.json'));
  const places = panels.map(
    ({ gridPos: { x, y } }: { gridPos: { x: number; y: number } }) => `${x} ${y}`,
  );
  expect(new Set(places).size).toBe(panels.length);
  for (const { type, title, targets } of panels) {
    expect([title, type === 'row' || targets.length > 0]).toEqual([title, true]);
  }
});
