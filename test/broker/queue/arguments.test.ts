import { describe, expect, it } from 'vitest';
import {
  comparedArguments,
  QUEUE_ARGUMENTS,
  requireSupportedArguments,
  validateQueueArguments,
} from '../../../src/broker/queue/arguments.ts';
import { QUEUE_TYPES, type QueueType } from '../../../src/broker/queue/queue-types.ts';
import type { FieldValue } from '../../../src/protocol/field-table.ts';
import { type PlainValue, tableOf } from '../../../src/protocol/field-value.ts';

type Plain = { readonly [key: string]: PlainValue };

const RESOURCE = "queue 'q' in vhost '/'";
const validate = (plain: Plain) => () => validateQueueArguments(RESOURCE, tableOf(plain));
const use = (plain: Plain) => () => {
  const table = tableOf(plain);
  requireSupportedArguments(RESOURCE, validateQueueArguments(RESOURCE, table), table);
};

/** The first argument is the one complained about, unless it is the type itself. */
function reasonText(plain: Plain, reason: string): string {
  const [name] = Object.keys(plain);
  return `PRECONDITION_FAILED - invalid arg '${name}' for ${RESOURCE}: ${reason}`;
}

const TEN_YEARS_MS = 315_360_000_000;
const QUORUM = { 'x-queue-type': 'quorum' };
const STREAM = { 'x-queue-type': 'stream' };

describe('values that RabbitMQ refuses, with its reasons', () => {
  it.each<[Plain, string]>([
    [{ 'x-queue-type': 'odd' }, `"unsupported queue type 'odd'"`],
    [{ 'x-queue-type': 'Classic' }, `"unsupported queue type 'Classic'"`],
    [{ 'x-queue-type': '__proto__' }, `"unsupported queue type '__proto__'"`],
    [{ 'x-queue-type': 5 }, '{unacceptable_type,signedint}'],
    [{ 'x-expires': 0 }, '{value_zero,0}'],
    [{ 'x-expires': -1 }, '{value_negative,-1}'],
    [{ 'x-expires': TEN_YEARS_MS + 1 }, '{value_too_large,315360000001}'],
    [{ 'x-expires': 2n ** 63n - 1n }, '{value_too_large,9223372036854775807}'],
    [{ 'x-expires': 'a' }, '"expected integer, got longstr"'],
    [{ 'x-expires': 1.5 }, '"expected integer, got double"'],
    [{ 'x-expires': true }, '"expected integer, got bool"'],
    [{ 'x-expires': null }, '"expected integer, got void"'],
    [{ 'x-expires': { type: 'T', value: 5n } }, '"expected integer, got timestamp"'],
    [{ 'x-message-ttl': -1 }, '{value_negative,-1}'],
    [{ 'x-message-ttl': TEN_YEARS_MS + 1 }, '{value_too_large,315360000001}'],
    [{ 'x-message-ttl': {} }, '"expected integer, got table"'],
    [{ 'x-message-ttl': [1] }, '"expected integer, got array"'],
    [{ 'x-dead-letter-exchange': 5 }, '{unacceptable_type,signedint}'],
    [{ 'x-dead-letter-routing-key': 'a' }, 'routing_key_but_no_dlx_defined'],
    [{ 'x-dead-letter-routing-key': 5 }, '{unacceptable_type,signedint}'],
    [
      { 'x-dead-letter-routing-key': 5, 'x-dead-letter-exchange': 'a' },
      '{unacceptable_type,signedint}',
    ],
    [{ 'x-dead-letter-strategy': 'a', ...QUORUM }, 'invalid_dlx_strategy'],
    [{ 'x-max-length': -1 }, '{value_negative,-1}'],
    [{ 'x-max-length': 'a' }, '"expected integer, got longstr"'],
    [{ 'x-max-length-bytes': -1 }, '{value_negative,-1}'],
    [{ 'x-max-priority': 256 }, '{max_value_exceeded,256}'],
    [{ 'x-max-priority': -1 }, '{value_negative,-1}'],
    [{ 'x-max-priority': 'a' }, '"expected integer, got longstr"'],
    [{ 'x-overflow': 'a' }, 'invalid_overflow'],
    [{ 'x-overflow': 5 }, '{unacceptable_type,signedint}'],
    [{ 'x-single-active-consumer': 5 }, '{unacceptable_type,signedint}'],
    [{ 'x-single-active-consumer': 'true' }, '{unacceptable_type,longstr}'],
    [{ 'x-queue-mode': 'odd' }, `"unsupported queue mode 'odd'"`],
    [{ 'x-queue-mode': 5 }, '{unacceptable_type,signedint}'],
    [{ 'x-queue-version': 3 }, `"unsupported queue version '3'"`],
    [{ 'x-queue-version': 'a' }, '"expected integer, got longstr"'],
    [{ 'x-queue-master-locator': 'odd' }, `"unsupported queue master locator 'odd'"`],
    [{ 'x-queue-leader-locator': 'odd' }, 'invalid_queue_locator_arg'],
    [{ 'x-queue-leader-locator': 5 }, '{unacceptable_type,signedint}'],
    [{ 'x-quorum-initial-group-size': 0, ...QUORUM }, '{value_zero,0}'],
    [{ 'x-max-in-memory-length': -1, ...QUORUM }, '{value_negative,-1}'],
    [{ 'x-consumer-timeout': -1 }, '{value_negative,-1}'],
    [{ 'x-member-placement-tag': '', ...QUORUM }, 'invalid_member_placement_tag_arg'],
    [{ 'x-delayed': 1 }, '{unacceptable_type,signedint}'],
    [{ 'x-message-deduplication': 'true' }, '{unacceptable_type,longstr}'],
    [{ 'x-cache-size': 0 }, '{value_zero,0}'],
    [{ 'x-cache-size': 1_000_001 }, '{value_too_large,1000001}'],
    [{ 'x-cache-ttl': 0 }, '{value_zero,0}'],
    [{ 'x-deduplication-header': '' }, 'invalid_deduplication_header'],
    [{ 'x-max-age': '5q', ...STREAM }, 'invalid_max_age'],
    [{ 'x-max-age': '0D', ...STREAM }, 'invalid_max_age'],
    [{ 'x-max-age': '5d', ...STREAM }, 'invalid_max_age'],
    [{ 'x-max-age': 5, ...STREAM }, '{unacceptable_type,signedint}'],
    [{ 'x-initial-cluster-size': 0, ...STREAM }, '{value_zero,0}'],
  ])('%o', (plain, reason) => {
    expect(validate(plain)).toThrow(reasonText(plain, reason));
  });

  it('has one text that names no queue', () => {
    const tooMuch = { 'x-stream-max-segment-size-bytes': 3_000_000_001, ...STREAM };
    expect(validate(tooMuch)).toThrow(
      'PRECONDITION_FAILED - Exceeded max value for x-stream-max-segment-size-bytes',
    );
  });
});

describe('values that RabbitMQ allows', () => {
  it.each<Plain>([
    {},
    { 'x-queue-type': 'classic' },
    { 'x-queue-type': '' },
    { 'x-queue-type': 'undefined' },
    { 'x-expires': 1 },
    { 'x-expires': TEN_YEARS_MS },
    { 'x-message-ttl': 0 },
    { 'x-max-length': 0, 'x-max-length-bytes': 2n ** 62n },
    { 'x-max-priority': 0 },
    { 'x-max-priority': { type: 'B', value: 255 } },
    { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': '' },
    { 'x-overflow': 'reject-publish-dlx' },
    { 'x-single-active-consumer': false },
    { 'x-max-age': '7D', ...STREAM },
    { 'x-max-age': '0060s', ...STREAM },
    { 'x-delivery-limit': 'anything', ...QUORUM },
    { 'x-delivery-limit': 2 },
    { 'x-cancel-on-ha-failover': true, mine: [1, 2] },
  ])('%o', (plain) => {
    expect(validate(plain)).not.toThrow();
  });

  it('integers of every width', () => {
    const fives: FieldValue[] = [
      ...(['b', 'B', 's', 'u', 'I', 'i'] as const).map((type) => ({ type, value: 5 })),
      ...(['l', 'L'] as const).map((type) => ({ type, value: 5n })),
    ];
    for (const five of fives) expect(validate({ 'x-expires': five })).not.toThrow();
  });
});

describe('order of complaints', () => {
  it('is the type first, then values by row, then arguments of other types', () => {
    const complaint = (plain: Plain, name: string, end: string) =>
      expect(validate(plain)).toThrow(`invalid arg '${name}' for ${RESOURCE}${end}`);
    complaint({ 'x-expires': 0, 'x-queue-type': 'odd' }, 'x-queue-type', ':');
    complaint({ 'x-max-priority': 256, 'x-expires': 0 }, 'x-expires', ':');
    const foreign = { 'x-dead-letter-strategy': 'a', 'x-max-length': -1 };
    complaint(foreign, 'x-max-length', ': {value_negative,-1}');
    const ofOthers = { 'x-max-age': '5q', 'x-quorum-initial-group-size': 3 };
    complaint(ofOthers, 'x-quorum-initial-group-size', ' of queue type rabbit_classic_queue');
  });
});

describe('the table', () => {
  it('names each argument once', () => {
    const names = QUEUE_ARGUMENTS.map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
  });

  // A value that each row's check allows.
  const VALID: Plain = {
    'x-dead-letter-exchange': 'a',
    'x-dead-letter-routing-key': 'a',
    'x-dead-letter-strategy': 'at-most-once',
    'x-overflow': 'drop-head',
    'x-queue-mode': 'lazy',
    'x-single-active-consumer': true,
    'x-delayed-retry-type': 'all',
    'x-delayed-retry-backoff': 'fixed',
    'x-delayed': true,
    'x-message-deduplication': true,
    'x-deduplication-header': 'message-id',
    'x-group-by': 'key',
    'x-member-placement-tag': 'a',
    'x-max-age': '1s',
    'x-stream-filter-size-bytes': 16,
    'x-queue-leader-locator': 'balanced',
    'x-queue-master-locator': 'client-local',
  };

  it.each(QUEUE_ARGUMENTS.map((row) => [row.name, row] as const))('%s', (name, row) => {
    for (const type of QUEUE_TYPES.values()) {
      const plain: Plain = { [name]: VALID[name] ?? 1, 'x-queue-type': type.name };
      const whole =
        name === 'x-dead-letter-routing-key' ? { ...plain, 'x-dead-letter-exchange': 'a' } : plain;
      if (row.queueTypes.includes(type.name)) expect(validate(whole)).not.toThrow();
      else expect(validate(whole)).toThrow(/ of queue type rabbit_\w+_queue$/);
    }
  });

  it('refuses what is not built yet, after its check, and takes the rest', () => {
    const refused = QUEUE_ARGUMENTS.filter(({ support }) => support === 'refused');
    expect(refused.map((row) => row.name)).toContain('x-max-age');
    for (const { name, queueTypes } of refused) {
      for (const type of queueTypes) {
        const plain: Plain = { [name]: VALID[name] ?? 1, 'x-queue-type': type };
        expect(use(plain)).toThrow(/^PRECONDITION_FAILED - invalid arg '.*not supported yet/);
      }
    }
    expect(use({ 'x-single-active-consumer': true, 'x-message-ttl': 60_000 })).not.toThrow();
    expect(use(STREAM)).toThrow(reasonText(STREAM, 'not supported yet by this broker'));
    expect(use({ ...QUORUM, 'x-quorum-initial-group-size': 3 })).not.toThrow();
    const ignored: Plain = { 'x-queue-mode': 'lazy', 'x-queue-version': 2, mine: 'kept' };
    expect(use(ignored)).not.toThrow();
  });

  it('tells which arguments a redeclaration must repeat', () => {
    expect(comparedArguments('classic')).toContain('x-queue-mode');
    expect(comparedArguments('classic')).not.toContain('x-max-age');
    const stream = QUEUE_TYPES.get('stream') as QueueType;
    expect(comparedArguments(stream.name)).toContain('x-max-age');
  });
});
