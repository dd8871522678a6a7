// How long a message that was given back waits before it is ready again: RabbitMQ 4.3's delayed retry, with
// two arguments of ours for the shape of its growth.

import type { Random } from '../clock.ts';

/**
 * Why a message comes back. `failed`: rejected, or its consumer is lost or late. `returned`: nacked, or
 * basic.recover. `stays`: no consumer had it, so nothing is counted and it need not wait.
 */
export type ReturnReason = 'failed' | 'returned' | 'stays';

export type RetryBackoff = 'linear' | 'fixed' | 'exponential';

export interface RetrySettings {
  /** What waits. */
  readonly type: 'failed' | 'returned' | 'all';
  readonly minMs: number;
  readonly maxMs: number;
  readonly backoff: RetryBackoff;
  /** Up to that share of it, in percent, each delay is shorter by chance. */
  readonly jitterPercent: number;
}

export const RETRY_TYPES = ['all', 'failed', 'returned', 'disabled'] as const;
export const RETRY_BACKOFFS: readonly RetryBackoff[] = ['linear', 'fixed', 'exponential'];

/** Ten years, as for every period. */
const DELAY_MS_MAX = 315_360_000_000;

/** Undefined: what is given back is ready at once. Values are those of valid arguments. */
export function retrySettingsOf(
  number: (name: string) => number | undefined,
  text: (name: string) => string | undefined,
): RetrySettings | undefined {
  const type = text('x-delayed-retry-type');
  const minMs = number('x-delayed-retry-min');
  if (type === undefined || type === 'disabled' || minMs === undefined || minMs === 0) {
    return undefined;
  }
  return {
    type: type as RetrySettings['type'],
    minMs,
    maxMs: number('x-delayed-retry-max') ?? minMs,
    backoff: (text('x-delayed-retry-backoff') ?? 'linear') as RetryBackoff,
    jitterPercent: number('x-delayed-retry-jitter') ?? 0,
  };
}

/** Of a message that was given back `count` times, this time included; 0 = it is ready at once. */
export function retryDelayMs(
  settings: RetrySettings | undefined,
  reason: ReturnReason,
  count: number,
  random: Random,
): number {
  if (settings === undefined || (settings.type !== 'all' && settings.type !== reason)) return 0;
  const grown = Math.min(settings.minMs * growth(settings.backoff, count), settings.maxMs);
  const delayMs = Math.min(grown, DELAY_MS_MAX);
  if (settings.jitterPercent === 0) return delayMs;
  const chance = random.bytes(4).readUInt32BE(0) / 2 ** 32;
  return Math.ceil(delayMs * (1 - (chance * settings.jitterPercent) / 100));
}

function growth(backoff: RetryBackoff, count: number): number {
  if (backoff === 'fixed') return 1;
  return backoff === 'linear' ? Math.max(1, count) : 2 ** Math.max(0, count - 1);
}
