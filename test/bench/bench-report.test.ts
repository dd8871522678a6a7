import { expect, it } from 'vitest';
import { benchTable, median, scenarioResult } from './bench-report.ts';
import { type Scenario, scenarios } from './scenarios.ts';

const scenario: Scenario = {
  name: 's',
  title: 'made up',
  kind: 'load',
  flags: [],
  count: 1,
  rate: 'consume_rate',
  goals: [
    { metric: 'rate', limit: 100, bound: 'at least' },
    { metric: 'cpu_s_per_Mmsg', limit: 2, bound: 'at most' },
  ],
};

it('takes the median, also of an even number', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('compares medians with the goals and the peer, and keeps the best rate', () => {
  const own = [90, 300, 80].map((rate) => ({ rate, cpu_s_per_Mmsg: 1 }));
  const result = scenarioResult(scenario, own, [{ rate: 45, cpu_s_per_Mmsg: 4 }]);
  expect(result.missed).toEqual(['rate at least 100']);
  expect(result.bestRate).toBe(300);
  const [, cpu, rate] = benchTable([scenario], [result]).split('\n');
  expect(cpu).toMatch(/^s\s+cpu_s_per_Mmsg\s+1\s+at most 2\s+reached\s+4\s+4\.00×$/);
  expect(rate).toMatch(/^s\s+rate\s+90\s+300\s+at least 100\s+MISSED\s+45\s+2\.00×$/);
});

it('has each scenario once', () => {
  const names = scenarios.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
