// THE table of benchmark scenarios: what each runs and what the broker is to reach (measured on two shared cores).
// Counts are chosen so that a run takes a few seconds; --quick divides them.

/** What a run of a scenario yields; the keys are columns of the report and names in the JSON. */
export interface Sample {
  cpu_s_per_Mmsg?: number;
  rate?: number;
  p50_us?: number;
  p99_us?: number;
  rss_mb?: number;
  drain_rate?: number;
  first_delivery_s?: number;
  open_rate?: number;
  declare_s?: number;
  kb_each?: number;
  cpu_pct?: number;
  /** Of the generator itself: near 100, and it was the generator that was measured. */
  gen_cpu_pct?: number;
}

export type Metric = keyof Sample;

export interface Goal {
  readonly metric: Metric;
  readonly limit: number;
  readonly bound: 'at most' | 'at least';
}

export type ScenarioKind = 'load' | 'backlog' | 'restart' | 'connections' | 'queues' | 'idle';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly kind: ScenarioKind;
  /** Flags of `warren perf`, without broker, queue name and count. */
  readonly flags: readonly string[];
  /** Messages of each producer, connections, queues, or seconds (idle). */
  readonly count: number;
  /** A timed scenario runs this long instead of counting messages. */
  readonly seconds?: number;
  readonly rate: 'publish_rate' | 'confirm_rate' | 'consume_rate';
  readonly latency?: 'latency_us' | 'confirm_us';
  readonly goals: readonly Goal[];
}

const atMost = (metric: Metric, limit: number): Goal => ({ metric, limit, bound: 'at most' });
const atLeast = (metric: Metric, limit: number): Goal => ({ metric, limit, bound: 'at least' });

const durable = ['--flag', 'persistent', '--durable', '--size', '1024'];
const confirmed = [...durable, '--confirm', '1000', '--qos', '1000', '--multi-ack-every'];
const many = ['--producers', '100', '--consumers', '100', '--queues', '100'];

export const scenarios: readonly Scenario[] = [
  {
    name: 'a',
    title: '16 B transient, auto-ack',
    kind: 'load',
    flags: ['--autoack'],
    count: 3_000_000,
    rate: 'consume_rate',
    goals: [atMost('cpu_s_per_Mmsg', 0.6), atLeast('rate', 1_500_000)],
  },
  {
    name: 'b',
    title: '1 KiB transient, auto-ack',
    kind: 'load',
    flags: ['--size', '1024', '--autoack'],
    count: 1_000_000,
    rate: 'consume_rate',
    goals: [atMost('cpu_s_per_Mmsg', 2.1), atLeast('rate', 450_000)],
  },
  {
    name: 'c100',
    title: '1 KiB persistent, confirms, ack every 100',
    kind: 'load',
    flags: [...confirmed, '100'],
    count: 500_000,
    rate: 'consume_rate',
    latency: 'confirm_us',
    goals: [atMost('cpu_s_per_Mmsg', 3.8), atLeast('rate', 250_000)],
  },
  {
    name: 'c1',
    title: '1 KiB persistent, confirms, ack each',
    kind: 'load',
    flags: [...confirmed, '1'],
    count: 500_000,
    rate: 'consume_rate',
    latency: 'confirm_us',
    goals: [atMost('cpu_s_per_Mmsg', 4.4), atLeast('rate', 200_000)],
  },
  {
    name: 'd',
    title: 'one persistent message confirmed at a time',
    kind: 'load',
    flags: ['--flag', 'persistent', '--durable', '--confirm', '1', '--consumers', '0'],
    count: 10_000,
    rate: 'confirm_rate',
    latency: 'confirm_us',
    goals: [atLeast('rate', 2_200), atMost('p50_us', 500)],
  },
  {
    name: 'ht',
    title: '5,000/s of 1 KiB transient: latency',
    kind: 'load',
    flags: ['--rate', '5000', '--size', '1024', '--autoack', '--latency'],
    count: 25_000,
    seconds: 5,
    rate: 'consume_rate',
    latency: 'latency_us',
    goals: [atMost('p50_us', 120), atMost('p99_us', 450)],
  },
  {
    name: 'hp',
    title: '5,000/s of 1 KiB persistent, confirmed, acked: latency',
    kind: 'load',
    flags: ['--rate', '5000', ...durable, '--confirm', '1000', '--latency'],
    count: 25_000,
    seconds: 5,
    rate: 'consume_rate',
    latency: 'latency_us',
    goals: [atMost('p50_us', 300), atMost('p99_us', 3_000)],
  },
  {
    name: 'f',
    title: 'fan-out to 10 queues, per delivery',
    kind: 'load',
    flags: [
      ...['--exchange', 'bench-fanout', '--type', 'fanout'],
      ...['--queues', '10', '--consumers', '10', '--autoack'],
    ],
    count: 200_000,
    rate: 'consume_rate',
    goals: [atMost('cpu_s_per_Mmsg', 0.6)],
  },
  {
    name: 'g',
    title: 'topic, 10,000 bindings, random keys',
    kind: 'load',
    flags: [
      ...['--exchange', 'bench-topic', '--type', 'topic', '--autoack'],
      ...['--bindings', '10000', '--keys', '10000'],
    ],
    count: 500_000,
    rate: 'consume_rate',
    goals: [atMost('cpu_s_per_Mmsg', 1.5)],
  },
  {
    name: 'gh',
    title: 'headers, 1,000 bindings, random values',
    kind: 'load',
    flags: [
      ...['--exchange', 'bench-headers', '--type', 'headers', '--autoack'],
      ...['--bindings', '1000', '--groups', '1000'],
    ],
    count: 500_000,
    rate: 'consume_rate',
    goals: [],
  },
  {
    name: 'gc',
    title: 'consistent hash, 8 queues, 10,000 random keys',
    kind: 'load',
    flags: [
      ...['--exchange', 'bench-hash', '--type', 'x-consistent-hash', '--autoack'],
      ...['--bindings', '8', '--keys', '10000', '--queues', '8', '--consumers', '8'],
    ],
    count: 500_000,
    rate: 'consume_rate',
    goals: [],
  },
  {
    name: 'dl',
    title: 'every message of 100 B dies at once, dead letters consumed',
    kind: 'load',
    flags: ['--dead-letter', '--queue-args', 'x-max-length=0', '--size', '100', '--autoack'],
    count: 500_000,
    rate: 'consume_rate',
    goals: [],
  },
  {
    name: 'mg',
    title: 'message groups: 10,000 keys, 10 consumers, 100 B transient',
    kind: 'load',
    flags: [
      ...['--queue-args', 'x-group-by=group-id', '--groups', '10000'],
      ...['--consumers', '10', '--qos', '100', '--size', '100'],
    ],
    count: 500_000,
    rate: 'consume_rate',
    goals: [],
  },
  {
    name: 'kp',
    title: '100 × (producer, queue, consumer), 1 KiB persistent, confirms',
    kind: 'load',
    flags: [...many, ...durable, '--confirm', '100'],
    count: 3_000,
    rate: 'consume_rate',
    latency: 'confirm_us',
    goals: [atMost('cpu_s_per_Mmsg', 5)],
  },
  {
    name: 'kt',
    title: '100 × (producer, queue, consumer), 100 B transient',
    kind: 'load',
    flags: [...many, '--size', '100'],
    count: 10_000,
    rate: 'consume_rate',
    goals: [atMost('cpu_s_per_Mmsg', 1)],
  },
  {
    name: 'e',
    title: 'backlog of 1 M × 100 B: publish, memory, drain',
    kind: 'backlog',
    flags: ['--size', '100', '--autoack'],
    count: 1_000_000,
    rate: 'publish_rate',
    goals: [atLeast('rate', 500_000), atMost('rss_mb', 250), atLeast('drain_rate', 500_000)],
  },
  {
    name: 'restart',
    title: 'SIGKILL with 1 M × 1 KiB stored: start to first delivery',
    kind: 'restart',
    flags: [...durable, '--confirm', '1000'],
    count: 1_000_000,
    rate: 'confirm_rate',
    goals: [atMost('first_delivery_s', 0.5)],
  },
  {
    name: 'connections',
    title: '1,000 idle connections',
    kind: 'connections',
    flags: ['--parallel', '16', '--hold', '1'],
    count: 1_000,
    rate: 'publish_rate',
    goals: [atMost('kb_each', 30), atLeast('open_rate', 5_000)],
  },
  {
    name: 'queues',
    title: '10,000 durable queues',
    kind: 'queues',
    flags: ['--durable', '--window', '100', '--hold', '1'],
    count: 10_000,
    rate: 'publish_rate',
    goals: [atMost('declare_s', 5), atMost('kb_each', 4)],
  },
  {
    name: 'idle',
    title: 'nothing to do: memory and CPU',
    kind: 'idle',
    flags: [],
    count: 10,
    rate: 'publish_rate',
    goals: [atMost('rss_mb', 70), atMost('cpu_pct', 0.3)],
  },
];
