// Options of the generator for tests, from the flags as the user would give them.
import {
  type PerfOptions,
  type RawPerfOptions,
  readPerfOptions,
} from '../../../src/cli/perf/perf-options.ts';

export const rawDefaults: RawPerfOptions = {
  uri: 'amqp://127.0.0.1',
  mode: 'run',
  queue: 'perf',
  exchange: '',
  type: 'direct',
  routingKey: 'key',
};

export function perfOptions(raw: Partial<RawPerfOptions> = {}): PerfOptions {
  const options = readPerfOptions({ ...rawDefaults, ...raw });
  if (Array.isArray(options)) throw new Error(options.join('; '));
  return options;
}

export const neverInterrupted: AbortSignal = new AbortController().signal;
