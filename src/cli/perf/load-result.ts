// The figures of a load run as they are printed with --json. The field names are a public format: scripts and the
// benchmark runner read them, and they are those of other generators where these have the same figure.
import type { ProcessUsage } from './broker-process.ts';
import type { AuditResult } from './delivery-audit.ts';
import type { LatencyHistogram, LatencySummary } from './latency-histogram.ts';
import type { LoadCounters } from './load-counters.ts';
import { cpuMilliseconds, rounded } from './measuring.ts';
import type { PerfOptions } from './perf-options.ts';

export interface LoadMeasurement {
  readonly counters: LoadCounters;
  readonly published: number;
  readonly rejected: number;
  readonly startTime: number;
  readonly endTime: number;
  /** What had happened when a timed or interrupted run was told to stop. */
  readonly window:
    | { seconds: number; published: number; confirmed: number; consumed: number }
    | undefined;
  readonly connectMilliseconds: number;
  readonly bindSeconds: number;
  readonly timedOut: boolean;
  readonly ownCpuSeconds: number;
  readonly endToEnd: LatencyHistogram;
  readonly confirmLatency: LatencyHistogram;
  readonly audit: AuditResult | undefined;
  readonly before: ProcessUsage | undefined;
  readonly after: ProcessUsage | undefined;
}

export interface BrokerUsage {
  readonly user_s: number;
  readonly sys_s: number;
  readonly cpu_pct: number;
  readonly cpu_s_per_Mmsg: number;
  readonly rss_mb: number;
  readonly peak_rss_mb: number;
  readonly rss0_mb: number;
}

export interface LoadResult {
  readonly label: string;
  readonly published: number;
  readonly confirmed: number;
  readonly consumed: number;
  readonly window_s?: number;
  readonly publish_rate: number;
  readonly confirm_rate: number;
  readonly consume_rate: number;
  readonly wall_s: number;
  readonly connect_ms: number;
  readonly nacks: number;
  readonly redelivered: number;
  readonly returned: number;
  readonly blocked: number;
  readonly timeout: number;
  readonly started_at_ms: number;
  readonly first_delivery_ms?: number;
  readonly first_delivery_since_start_ms?: number;
  readonly bind_rate?: number;
  readonly lost?: number;
  readonly dups?: number;
  readonly disorder?: number;
  readonly latency_us?: LatencySummary;
  readonly confirm_us?: LatencySummary;
  readonly gen_cpu_pct: number;
  readonly broker?: BrokerUsage;
}

export function summarizeLoad(options: PerfOptions, measured: LoadMeasurement): LoadResult {
  const { counters, published, window, startTime, endTime, audit } = measured;
  const wallSeconds = (endTime - startTime) / 1000;
  return {
    label: options.label,
    published,
    confirmed: counters.confirmed,
    consumed: counters.consumed,
    ...(window === undefined ? {} : { window_s: rounded(window.seconds, 3) }),
    ...rates(measured, wallSeconds),
    wall_s: rounded(wallSeconds, 3),
    connect_ms: rounded(measured.connectMilliseconds, 1),
    nacks: measured.rejected,
    redelivered: counters.redelivered,
    returned: counters.returned,
    blocked: counters.blocked,
    timeout: measured.timedOut ? 1 : 0,
    started_at_ms: Math.round(performance.timeOrigin),
    ...firstDelivery(measured),
    ...(measured.bindSeconds > 0 && options.bindings > 0
      ? { bind_rate: Math.round(options.bindings / measured.bindSeconds) }
      : {}),
    ...(audit === undefined
      ? {}
      : { lost: audit.lost, dups: audit.duplicates, disorder: audit.disordered }),
    ...(measured.endToEnd.count > 0 ? { latency_us: measured.endToEnd.summary() } : {}),
    ...(measured.confirmLatency.count > 0 ? { confirm_us: measured.confirmLatency.summary() } : {}),
    gen_cpu_pct: Math.round((100 * measured.ownCpuSeconds) / wallSeconds),
    ...brokerUsage(measured, wallSeconds),
  };
}

function rates(
  { counters, published, window, startTime }: LoadMeasurement,
  wallSeconds: number,
): Pick<LoadResult, 'publish_rate' | 'confirm_rate' | 'consume_rate'> {
  if (window !== undefined) {
    const rate = (count: number) => Math.round(count / window.seconds);
    return {
      publish_rate: rate(window.published),
      confirm_rate: rate(window.confirmed),
      consume_rate: rate(window.consumed),
    };
  }
  const rate = (count: number, lastTime: number) => {
    const seconds = lastTime > startTime ? (lastTime - startTime) / 1000 : wallSeconds;
    return Math.round(count / seconds);
  };
  return {
    publish_rate: rate(published, counters.lastPublishTime),
    confirm_rate: rate(counters.confirmed, counters.lastConfirmTime),
    consume_rate: rate(counters.consumed, counters.lastDeliveryTime),
  };
}

function firstDelivery({ counters, startTime, endTime }: LoadMeasurement): Partial<LoadResult> {
  if (counters.consumed === 0) return {};
  // Both clocks are monotonic; the process clock counts from the process's start.
  const ago = endTime - counters.firstDeliveryTime;
  const sinceStart = performance.now() - ago;
  return {
    first_delivery_ms: rounded(counters.firstDeliveryTime - startTime, 1),
    first_delivery_since_start_ms: rounded(sinceStart, 1),
  };
}

function brokerUsage(measured: LoadMeasurement, wallSeconds: number): { broker?: BrokerUsage } {
  const { before, after, published, counters } = measured;
  if (before === undefined || after === undefined) return {};
  const cpuSeconds = cpuMilliseconds(before, after) / 1000;
  const messages = Math.max(published, counters.consumed);
  return {
    broker: {
      user_s: rounded(after.userSeconds - before.userSeconds, 2),
      sys_s: rounded(after.systemSeconds - before.systemSeconds, 2),
      cpu_pct: Math.round((100 * cpuSeconds) / wallSeconds),
      cpu_s_per_Mmsg: messages > 0 ? rounded((cpuSeconds / messages) * 1e6, 2) : 0,
      rss_mb: Math.round(after.residentMebibytes),
      peak_rss_mb: Math.round(after.peakResidentMebibytes),
      rss0_mb: Math.round(before.residentMebibytes),
    },
  };
}
