// The arguments of deduplication, the same for queues and exchanges: named as RabbitMQ's plug-in and
// LavinMQ name them.

import { DEDUPLICATION_CACHE_SIZE_MAX } from '../limits.ts';
import {
  type ArgumentCheck,
  flag,
  nonEmptyText,
  positivePeriodMs,
  positiveUpTo,
} from './argument-checks.ts';

export const DEDUPLICATION_ARGUMENTS: readonly (readonly [name: string, check: ArgumentCheck])[] = [
  ['x-message-deduplication', flag],
  ['x-cache-size', positiveUpTo(DEDUPLICATION_CACHE_SIZE_MAX)],
  ['x-cache-ttl', positivePeriodMs],
  ['x-deduplication-header', nonEmptyText('invalid_deduplication_header')],
];
