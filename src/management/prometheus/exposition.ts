// Metrics as Prometheus' text format (version 0.0.4): each name once, its HELP and TYPE before its samples.
// In slices of time and in parts, so that ten thousand queues neither stop messages nor fill the memory.

import type { AdminNode } from '../../admin/admin-node.ts';
import { Breath } from '../../admin/breath.ts';
import type {
  HistogramMetric,
  Labels,
  Metric,
  MetricGroup,
} from '../../admin/metrics/metric-group.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4';

/** Lines that are put together at once. */
const LINES_PER_PART = 500;

export interface ExpositionOptions {
  readonly prefix: string;
  /** True: a row per object. */
  readonly isPerObject: boolean;
  readonly isMeant: (vhost: string) => boolean;
}

interface Row {
  readonly labels: string;
  readonly values: ArrayLike<number>;
}

export async function* exposed(
  node: AdminNode,
  groups: readonly MetricGroup[],
  options: ExpositionOptions,
): AsyncGenerator<string> {
  const breath = new Breath();
  for (const group of groups) {
    const rows =
      options.isPerObject || group.isLabelled === true
        ? await rowsOf(node, group, options, breath)
        : [{ labels: '', values: await totalOf(node, group, options, breath) }];
    for (const [column, metric] of group.metrics.entries()) {
      yield* metricText(metric, column, rows, options.prefix, breath);
    }
  }
}

async function rowsOf(
  node: AdminNode,
  group: MetricGroup,
  { isMeant }: ExpositionOptions,
  breath: Breath,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { labels, values } of group.rows(node, isMeant)) {
    if (breath.isDue) await breath.take();
    rows.push({ labels: labelText(labels), values });
  }
  return rows;
}

async function totalOf(
  node: AdminNode,
  group: MetricGroup,
  { isMeant }: ExpositionOptions,
  breath: Breath,
): Promise<ArrayLike<number>> {
  if (group.total !== undefined) return group.total(node);
  const sum: number[] = group.metrics.map(() => 0);
  for (const { values } of group.rows(node, isMeant)) {
    if (breath.isDue) await breath.take();
    for (let column = 0; column < sum.length; column++) {
      sum[column] = (sum[column] as number) + (values[column] as number);
    }
  }
  return sum;
}

async function* metricText(
  metric: Metric,
  column: number,
  rows: readonly Row[],
  prefix: string,
  breath: Breath,
): AsyncGenerator<string> {
  const name = prefix + metric.name;
  let text = `# TYPE ${name} ${metric.type}\n# HELP ${name} ${metric.help}\n`;
  for (let index = 0; index < rows.length; index++) {
    const { labels, values } = rows[index] as Row;
    text += `${name}${labels} ${numberText(values[column] as number)}\n`;
    if (index % LINES_PER_PART !== LINES_PER_PART - 1) continue;
    yield text;
    text = '';
    if (breath.isDue) await breath.take();
  }
  if (text !== '') yield text;
}

export function histogramText(metric: HistogramMetric, prefix: string): string {
  const name = prefix + metric.name;
  const lines = [`# TYPE ${name} histogram`, `# HELP ${name} ${metric.help}`];
  let count = 0;
  for (const [index, bound] of [...metric.bounds, '+Inf'].entries()) {
    count += metric.counts[index] ?? 0;
    lines.push(`${name}_bucket${labelText({ ...metric.labels, le: bound })} ${count}`);
  }
  lines.push(`${name}_count${labelText(metric.labels)} ${count}`);
  lines.push(`${name}_sum${labelText(metric.labels)} ${numberText(metric.sum)}`);
  return `${lines.join('\n')}\n`;
}

/** JavaScript's words for what is no finite number are not Prometheus'. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
