// Reduces the samples of all runs to medians, compares them with the goals and the peer, and prints one table.
import { alignedTable } from '../../src/cli/perf/perf-report.ts';
import type { Goal, Metric, Sample, Scenario } from './scenarios.ts';

export interface ScenarioResult {
  readonly scenario: string;
  readonly own: Sample;
  readonly ownRuns: readonly Sample[];
  readonly peer?: Sample;
  readonly peerRuns: readonly Sample[];
  /** Best rate of all runs. */
  readonly bestRate?: number;
  readonly missed: readonly string[];
}

export const metrics: readonly Metric[] = [
  'cpu_s_per_Mmsg',
  'rate',
  'p50_us',
  'p99_us',
  'rss_mb',
  'drain_rate',
  'first_delivery_s',
  'open_rate',
  'declare_s',
  'kb_each',
  'cpu_pct',
  'gen_cpu_pct',
];

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function medianSample(samples: readonly Sample[]): Sample {
  const result: Sample = {};
  for (const metric of metrics) {
    const values = samples.map((sample) => sample[metric]).filter((value) => value !== undefined);
    if (values.length > 0) result[metric] = median(values);
  }
  return result;
}

export function scenarioResult(
  scenario: Scenario,
  ownRuns: readonly Sample[],
  peerRuns: readonly Sample[],
): ScenarioResult {
  const own = medianSample(ownRuns);
  const rates = ownRuns.map((sample) => sample.rate).filter((rate) => rate !== undefined);
  return {
    scenario: scenario.name,
    own,
    ownRuns,
    ...(peerRuns.length > 0 ? { peer: medianSample(peerRuns) } : {}),
    peerRuns,
    ...(rates.length > 0 ? { bestRate: Math.max(...rates) } : {}),
    missed: scenario.goals.filter((goal) => isMissed(goal, own)).map(goalText),
  };
}

/** One line per scenario and figure: `own` is the median, the ratio is peer to own or own to peer, above 1 is better. */
export function benchTable(
  scenarios: readonly Scenario[],
  results: readonly ScenarioResult[],
): string {
  const rows: string[][] = [['scenario', 'figure', 'median', 'best', 'goal', '', 'peer', 'ratio']];
  for (const result of results) {
    const scenario = scenarios.find(({ name }) => name === result.scenario);
    for (const metric of metrics) {
      const own = result.own[metric];
      if (own === undefined) continue;
      const goal = scenario?.goals.find((candidate) => candidate.metric === metric);
      const peer = result.peer?.[metric];
      rows.push([
        result.scenario,
        metric,
        figure(own),
        metric === 'rate' && result.bestRate !== undefined ? figure(result.bestRate) : '',
        goal === undefined ? '' : `${goal.bound} ${figure(goal.limit)}`,
        goal === undefined ? '' : isMissed(goal, result.own) ? 'MISSED' : 'reached',
        peer === undefined ? '' : figure(peer),
        peer === undefined || metric === 'gen_cpu_pct' ? '' : ratio(metric, own, peer),
      ]);
    }
  }
  return alignedTable(rows);
}

function isMissed(goal: Goal, own: Sample): boolean {
  const value = own[goal.metric];
  if (value === undefined) return false;
  return goal.bound === 'at most' ? value > goal.limit : value < goal.limit;
}

function goalText({ metric, bound, limit }: Goal): string {
  return `${metric} ${bound} ${limit}`;
}

function ratio(metric: Metric, own: number, peer: number): string {
  const moreIsBetter = metric === 'rate' || metric.endsWith('_rate');
  const value = moreIsBetter ? own / peer : peer / own;
  return Number.isFinite(value) ? `${value.toFixed(2)}×` : '';
}

function figure(value: number): string {
  const digits = Math.abs(value) >= 1000 ? 0 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
