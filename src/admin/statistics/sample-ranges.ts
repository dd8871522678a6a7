// Which samples a request wants beside the rates: `lengths_age` and `lengths_incr`, and the same for the
// other groups of numbers.

import { ValidationError } from '../../util/request-errors.ts';

/** RabbitMQ's words for the groups. */
export type RangeGroup = 'lengths' | 'msg_rates' | 'data_rates' | 'node_stats';

export interface SampleRange {
  readonly ageSeconds: number;
  readonly stepSeconds: number;
}

export type SampleRanges = Readonly<Partial<Record<RangeGroup, SampleRange>>>;

export const NO_RANGES: SampleRanges = {};

const GROUPS: readonly RangeGroup[] = ['lengths', 'msg_rates', 'data_rates', 'node_stats'];
const SAMPLES_MAX = 500;

/** Throws ValidationError. */
export function sampleRangesOf(parameter: (name: string) => string | undefined): SampleRanges {
  const ranges: Partial<Record<RangeGroup, SampleRange>> = {};
  for (const group of GROUPS) {
    const age = secondsOf(`${group}_age`, parameter);
    const step = secondsOf(`${group}_incr`, parameter);
    // One without the other asks for nothing.
    if (age === undefined || step === undefined) continue;
    if (age <= 0 || step <= 0 || age / step > SAMPLES_MAX) {
      throw new ValidationError(`Invalid range parameters: age ${age}, incr ${step}`);
    }
    ranges[group] = { ageSeconds: age, stepSeconds: step };
  }
  return Object.keys(ranges).length === 0 ? NO_RANGES : ranges;
}

function secondsOf(
  name: string,
  parameter: (name: string) => string | undefined,
): number | undefined {
  const text = parameter(name);
  if (text === undefined) return undefined;
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new ValidationError(`Invalid range parameters: ${name} should be an integer`);
}
