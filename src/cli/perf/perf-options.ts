// The options of `warren perf`: one table of the counted ones with their limits, and the checks between options. All
// mistakes are collected, so that the user sees them at once.
import { brokerProcessProblem } from './broker-process.ts';
import { type BrokerAddress, parseBrokerUri } from './broker-uri.ts';
import type { ArgumentValue } from './frame-encoder.ts';
import { latencyStampBytes, verifyStampBytes } from './publish-ring.ts';

export const perfModes = ['run', 'drain', 'connections', 'queues'] as const;
export type PerfMode = (typeof perfModes)[number];

interface NumberOption {
  readonly flags: string;
  readonly description: string;
  readonly initial: number;
  readonly minimum: number;
  readonly maximum: number;
  /** May have a fraction. */
  readonly fraction?: true;
}

/** Keys are commander's names for the flags. */
export const numberOptions = {
  producers: row('-x, --producers <count>', 'connections that publish', 1, 0, 10_000),
  consumers: row('-y, --consumers <count>', 'connections that consume', 1, 0, 10_000),
  queues: row('--queues <count>', 'queues NAME-0 … (1: just NAME)', 1, 1, 1_000_000),
  queuePatternFrom: row('--queue-pattern-from <n>', 'first number in the pattern', 1, 0, 1e9),
  queuePatternTo: row('--queue-pattern-to <n>', 'last number in the pattern', 1, 0, 1e9),
  size: row('-s, --size <bytes>', 'size of a message body', 16, 0, 134_217_728),
  rate: {
    ...row('-r, --rate <n>', 'messages/s of each producer (0: all it can)', 0, 0, 1e7),
    fraction: true,
  },
  confirm: row('-c, --confirm <n>', 'confirms, at most n outstanding (0: none)', 0, 0, 1_000_000),
  qos: row('-q, --qos <n>', 'prefetch of each consumer (0: no limit)', 0, 0, 65_535),
  multiAckEvery: row('-A, --multi-ack-every <n>', 'acknowledge n at a time', 1, 1, 65_535),
  bindings: row(
    '--bindings <count>',
    'this many bindings: topic r.AAA.BBB.*, headers, x-consistent-hash',
    0,
    0,
    100_000,
  ),
  keys: row('--keys <count>', 'with --bindings: this many random routing keys', 0, 0, 100_000),
  groups: row('--groups <count>', 'header group-id with this many random values', 0, 0, 100_000),
  time: { ...row('-z, --time <seconds>', 'run this long', 0, 0, 864_000), fraction: true },
  pmessages: row('-C, --pmessages <n>', 'messages that each producer sends', 0, 0, 1e11),
  cmessages: row('-D, --cmessages <n>', 'end after n messages per consumer', 0, 0, 1e11),
  timeout: {
    ...row('--timeout <seconds>', 'give up on what does not come', 300, 1, 864_000),
    fraction: true,
  },
  connectRetry: {
    ...row('--connect-retry <seconds>', 'wait for the broker', 0, 0, 86_400),
    fraction: true,
  },
  connections: row('--connections <count>', 'mode connections: how many', 1000, 1, 60_000),
  parallel: row('--parallel <n>', 'mode connections: opened at a time', 16, 1, 1000),
  hold: {
    ...row('--hold <seconds>', 'keep connections or queues open', 0, 0, 86_400),
    fraction: true,
  },
  window: row('--window <n>', 'mode queues: requests in flight', 100, 1, 10_000),
  pid: row('--pid <pid>', "broker's process: report its CPU and memory", 0, 0, 4_194_304),
} as const satisfies Record<string, NumberOption & { fraction?: boolean }>;

export type NumberKey = keyof typeof numberOptions;

/** What commander hands over: text, unchecked. */
export interface RawPerfOptions extends Partial<Record<NumberKey, string>> {
  uri: string;
  mode: string;
  queue: string;
  queuePattern?: string;
  exchange: string;
  type: string;
  routingKey: string;
  queueArgs?: string;
  deadLetter?: boolean;
  flag?: string[];
  label?: string;
  autoack?: boolean;
  durable?: boolean;
  autoDelete?: boolean;
  predeclared?: boolean;
  purge?: boolean;
  delete?: boolean;
  latency?: boolean;
  verify?: boolean;
  json?: boolean;
}

export interface PerfOptions extends Record<NumberKey, number> {
  readonly address: BrokerAddress;
  readonly mode: PerfMode;
  readonly queueNames: readonly string[];
  readonly exchange: string;
  readonly type: string;
  readonly routingKey: string;
  /** Where the queues' dead letters go, for the consumers; empty: consumers use the queues. */
  readonly deadLetterQueue: string;
  readonly queueArguments: Record<string, ArgumentValue>;
  readonly label: string;
  readonly persistent: boolean;
  readonly mandatory: boolean;
  readonly autoack: boolean;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly predeclared: boolean;
  readonly purge: boolean;
  readonly delete: boolean;
  readonly latency: boolean;
  readonly verify: boolean;
  readonly json: boolean;
}

/** The options, or everything that is wrong with them. */
export function readPerfOptions(raw: RawPerfOptions): PerfOptions | string[] {
  const problems: string[] = [];
  const numbers = readNumbers(raw, problems);
  if (raw.mode === 'drain') numbers.producers = 0;
  const address = parseBrokerUri(raw.uri);
  if (typeof address === 'string') problems.push(`--uri: ${address}`);
  const flags = raw.flag?.flatMap((text) => text.split(',')) ?? [];
  const deadLetterQueue = raw.deadLetter === true ? `${raw.queue}-dead` : '';
  const deadLetters =
    deadLetterQueue === ''
      ? {}
      : { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': deadLetterQueue };
  const options: PerfOptions = {
    ...numbers,
    address: typeof address === 'string' ? neverUsed : address,
    mode: oneOf(raw.mode, problems),
    queueNames: queueNames(raw, numbers, problems),
    exchange: raw.exchange,
    type: raw.type,
    routingKey: raw.routingKey,
    deadLetterQueue,
    queueArguments: { ...readArguments(raw.queueArgs, problems), ...deadLetters },
    label: raw.label ?? '',
    persistent: flags.includes('persistent'),
    mandatory: flags.includes('mandatory'),
    autoack: raw.autoack === true,
    durable: raw.durable === true,
    autoDelete: raw.autoDelete === true,
    predeclared: raw.predeclared === true,
    purge: raw.purge === true,
    delete: raw.delete === true,
    latency: raw.latency === true,
    verify: raw.verify === true,
    json: raw.json === true,
  };
  for (const flag of flags) {
    if (flag !== 'persistent' && flag !== 'mandatory') {
      problems.push(`--flag: "${flag}" is neither persistent nor mandatory`);
    }
  }
  problems.push(...crossChecks(options));
  return problems.length > 0 ? problems : options;
}

const neverUsed: BrokerAddress = { host: '', port: 0, user: '', password: '', vhost: '' };

function row(
  flags: string,
  description: string,
  initial: number,
  minimum: number,
  maximum: number,
): NumberOption {
  return { flags, description, initial, minimum, maximum };
}

function readNumbers(raw: RawPerfOptions, problems: string[]): Record<NumberKey, number> {
  const numbers: Partial<Record<NumberKey, number>> = {};
  for (const key of Object.keys(numberOptions) as NumberKey[]) {
    const { flags, initial, minimum, maximum, fraction }: NumberOption = numberOptions[key];
    const text = raw[key];
    const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
    numbers[key] = text === undefined ? initial : value;
    if (text === undefined) continue;
    const kind = fraction === true ? 'a number' : 'a whole number';
    const valid = fraction === true ? Number.isFinite(value) : Number.isSafeInteger(value);
    if (!valid || value < minimum || value > maximum) {
      problems.push(`${flagName(flags)}: "${text}" is not ${kind} from ${minimum} to ${maximum}`);
    }
  }
  return numbers as Record<NumberKey, number>;
}

function flagName(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

function oneOf(text: string, problems: string[]): PerfMode {
  const mode = perfModes.find((name) => name === text);
  if (mode === undefined) problems.push(`--mode: "${text}" is none of ${perfModes.join(', ')}`);
  return mode ?? 'run';
}

function queueNames(
  raw: RawPerfOptions,
  numbers: Record<NumberKey, number>,
  problems: string[],
): string[] {
  const { queues, queuePatternFrom: from, queuePatternTo: to } = numbers;
  const pattern = raw.queuePattern;
  if (pattern === undefined) {
    if (!(queues >= 1 && queues <= numberOptions.queues.maximum)) return [];
    return queues === 1
      ? [raw.queue]
      : Array.from({ length: queues }, (_, index) => `${raw.queue}-${index}`);
  }
  if (raw.queues !== undefined) problems.push('--queues and --queue-pattern exclude each other');
  if (!pattern.includes('%d')) problems.push('--queue-pattern: needs "%d" for the number');
  if (!(to >= from && to - from < numberOptions.queues.maximum)) {
    problems.push(`--queue-pattern-to: must be from ${from} to ${from + 999_999}`);
    return [];
  }
  const name = (index: number) => pattern.replace('%d', String(from + index));
  return Array.from({ length: to - from + 1 }, (_, index) => name(index));
}

function readArguments(
  text: string | undefined,
  problems: string[],
): Record<string, ArgumentValue> {
  const fields: Record<string, ArgumentValue> = {};
  for (const part of text?.split(',') ?? []) {
    const equals = part.indexOf('=');
    if (equals < 1) {
      problems.push(`--queue-args: "${part}" is not key=value`);
      continue;
    }
    const value = part.slice(equals + 1);
    if (value === 'true' || value === 'false') fields[part.slice(0, equals)] = value === 'true';
    else if (/^-?\d{1,15}$/.test(value)) fields[part.slice(0, equals)] = Number(value);
    else fields[part.slice(0, equals)] = value;
  }
  return fields;
}

const boundTypes: readonly string[] = ['topic', 'headers', 'x-consistent-hash'];

function crossChecks(options: PerfOptions): string[] {
  const problems: string[] = [];
  const check = (wrong: boolean, problem: string) => {
    if (wrong) problems.push(problem);
  };
  const { autoack, qos, multiAckEvery, size, producers, consumers, bindings, keys } = options;
  check(
    !autoack && qos > 0 && multiAckEvery > qos,
    `--multi-ack-every ${multiAckEvery} above --qos ${qos} would wait for ever`,
  );
  check(
    options.latency && size < latencyStampBytes,
    `--latency needs --size of at least ${latencyStampBytes}`,
  );
  check(
    options.verify && size < verifyStampBytes,
    `--verify needs --size of at least ${verifyStampBytes}`,
  );
  check(options.verify && options.groups > 0, '--verify knows no order of --groups');
  check(options.verify && consumers === 0, '--verify needs a consumer');
  const load = options.mode === 'run' || options.mode === 'drain';
  check(load && producers === 0 && consumers === 0, 'neither a producer nor a consumer');
  const { type, groups } = options;
  check(
    bindings > 0 && !boundTypes.includes(type),
    `--bindings needs a --type of ${boundTypes.join(', ')}`,
  );
  check(
    bindings > 0 && type === 'headers' && (groups === 0 || groups > bindings),
    '--bindings of type headers needs as many --groups at most, and one',
  );
  check(
    options.deadLetterQueue !== '' && options.exchange !== '',
    '--dead-letter and --exchange exclude each other',
  );
  check(
    (bindings > 0 || keys > 0) && options.exchange === '',
    '--bindings and --keys need --exchange',
  );
  check(
    keys > bindings && type !== 'x-consistent-hash',
    '--keys above --bindings would publish what nothing matches',
  );
  check(
    bindings > 0 && consumers > 0 && consumers < options.queueNames.length,
    '--bindings spreads messages over all queues: --consumers must be at least --queues',
  );
  for (const name of ['exchange', 'type', 'routingKey'] as const) {
    check(Buffer.byteLength(options[name]) > 255, `${name} is longer than 255 bytes`);
  }
  const longest = options.queueNames.at(-1) ?? '';
  check(Buffer.byteLength(longest) > 255, 'queue name is longer than 255 bytes');
  const process = options.pid > 0 ? brokerProcessProblem(options.pid) : undefined;
  if (process !== undefined) problems.push(process);
  return problems;
}
