import { describe, expect, it } from 'vitest';
import { type CheckerOptions, check, type Verdict, VIOLATION_CLASSES } from './checker.ts';
import type { Delivered, HistoryEvent, Published, Settled } from './history.ts';

const options: CheckerOptions = { orderedQueues: new Set(['q', 'r']), settleGraceMs: 1_000 };

let sequence = 0;

/** A publish of `id`; by default persistent, to queue q, the channel's number `tag`. */
function published(id: string, tag: number, changes: Partial<Published> = {}): Published {
  return {
    kind: 'published',
    epoch: 1,
    link: 'publishing',
    channel: 'c',
    tag,
    id,
    producer: 'p',
    sequence: sequence++,
    queues: ['q'],
    isPersistent: true,
    group: id,
    ...changes,
  };
}

function answered(tag: number, changes: { isMultiple?: boolean; isNack?: boolean } = {}) {
  return {
    kind: 'answered' as const,
    channel: 'c',
    tag,
    isMultiple: false,
    isNack: false,
    ...changes,
  };
}

function delivered(id: string | undefined, changes: Partial<Delivered> = {}): Delivered {
  const { epoch = 1 } = changes;
  return {
    kind: 'delivered',
    epoch,
    link: `consuming ${epoch}`,
    queue: 'q',
    id,
    isRedelivered: false,
    ...changes,
  };
}

function settled(id: string, changes: Partial<Settled> = {}): Settled {
  const { epoch = 1 } = changes;
  return {
    kind: 'settled',
    epoch,
    link: `consuming ${epoch}`,
    queue: 'q',
    id,
    outcome: 'done',
    atMs: 0,
    ...changes,
  };
}

function stopped(epoch: number, atMs: number, isClean = false) {
  return { kind: 'stopped' as const, epoch, isClean, atMs };
}

const committed = (group: string) => ({ kind: 'committed' as const, group });
const again = { epoch: 2, isRedelivered: true };

function judge(...history: HistoryEvent[]): Verdict {
  return check(history, options);
}

function found(...history: HistoryEvent[]): string[] {
  return judge(...history).violations.map(({ violation, text }) => `${violation}: ${text}`);
}

describe('a history without a fault', () => {
  it('is one where a kill eats what was not confirmed and repeats what was not settled', () => {
    const verdict = judge(
      published('m1', 1),
      published('m2', 2),
      published('m3', 3),
      published('m4', 4),
      answered(2, { isMultiple: true }),
      delivered('m1'),
      settled('m1'),
      delivered('m2'),
      stopped(1, 500),
      delivered('m1', again),
      settled('m1', { epoch: 2 }),
      delivered('m2', { epoch: 2 }),
      settled('m2', { epoch: 2 }),
      delivered('m3', { epoch: 2 }),
      settled('m3', { epoch: 2 }),
    );
    expect(verdict).toEqual({
      violations: [],
      attempts: 4,
      confirmed: 2,
      nacked: 0,
      recovered: 1,
      duplicates: 2,
      unmarkedDuplicates: 1,
    });
  });

  it('may requeue, be refused, and lose transient messages', () => {
    const verdict = judge(
      published('m1', 1),
      published('m2', 2, { isPersistent: false }),
      published('m3', 3),
      answered(2, { isMultiple: true }),
      answered(3, { isNack: true }),
      delivered('m1'),
      settled('m1', { outcome: 'requeued' }),
      delivered('m1', { isRedelivered: true }),
      settled('m1'),
      stopped(1, 0, true),
    );
    expect(verdict).toMatchObject({ violations: [], confirmed: 2, nacked: 1, recovered: 0 });
  });

  it('may keep no copy of a group that was delivered before the kill only', () => {
    const history = [
      published('m1', 1, { queues: ['q', 'r'] }),
      delivered('m1'),
      settled('m1'),
      stopped(1, 0),
    ];
    expect(found(...history)).toEqual([]);
  });
});

describe('each class of fault is found', () => {
  const broken: Record<(typeof VIOLATION_CLASSES)[number], () => [HistoryEvent[], string[]]> = {
    lost: () => [
      [
        published('m1', 1, { queues: ['q', 'r'] }),
        answered(1),
        delivered('m1'),
        settled('m1'),
        published('m2', 0, { group: 'tx' }),
        published('m3', 0, { group: 'tx' }),
        committed('tx'),
        delivered('m2'),
        settled('m2'),
        stopped(1, 0),
      ],
      ['lost: m1 in r', 'lost: m3 in q'],
    ],
    dropped: () => [
      [
        published('m1', 1),
        published('m2', 2),
        answered(2, { isMultiple: true }),
        delivered('m1'),
        delivered('m2'),
        settled('m2', { outcome: 'requeued' }),
        stopped(1, 0),
      ],
      ['dropped: m1 in q', 'dropped: m2 in q'],
    ],
    torn: () => [
      [
        published('m1', 1, { queues: ['q', 'r'] }),
        published('m2', 0, { group: 'tx' }),
        published('m3', 0, { group: 'tx' }),
        published('m4', 0, { group: 'tx' }),
        delivered('m2'),
        stopped(1, 0),
        delivered('m1', { epoch: 2, queue: 'r' }),
        settled('m1', { epoch: 2, queue: 'r' }),
        delivered('m3', { epoch: 2 }),
        settled('m3', { epoch: 2 }),
      ],
      ['torn: m1 in q', 'torn: m2 in q', 'torn: m4 in q'],
    ],
    unexpected: () => [
      [delivered('m0'), published('m1', 1), delivered('m1', { queue: 'r' })],
      ['unexpected: m0 in q', 'unexpected: m1 in r'],
    ],
    corrupt: () => [[delivered(undefined)], ['corrupt: a body delivered by q']],
    zombie: () => [
      [
        published('old', 1),
        published('covered', 2),
        published('late', 3),
        delivered('old', { link: 'unmarked' }),
        settled('old', { link: 'unmarked', atMs: 100 }),
        delivered('covered'),
        settled('covered', { atMs: 1_500 }),
        published('mark', 1, { channel: 'marks', link: 'consuming 1', isPersistent: false }),
        delivered('late'),
        settled('late', { atMs: 1_500 }),
        { ...answered(1), channel: 'marks' },
        stopped(1, 2_000),
        ...['old', 'covered', 'late', 'late'].flatMap((id) => [
          delivered(id, again),
          settled(id, { epoch: 2 }),
        ]),
      ],
      [
        'zombie: old in q in epoch 2, settled 1900 ms before',
        'zombie: covered in q in epoch 2, settled before a confirm before',
        'zombie: late in q, settled in this epoch',
      ],
    ],
    twice: () => [
      [
        published('m1', 1),
        delivered('m1'),
        delivered('m1', { isRedelivered: true }),
        settled('m1'),
      ],
      ['twice: m1 in q'],
    ],
    unflagged: () => [
      [
        published('requeued', 1),
        published('unsettled', 2),
        published('marked', 3),
        delivered('requeued'),
        settled('requeued', { outcome: 'requeued' }),
        delivered('requeued'),
        settled('requeued'),
        delivered('unsettled'),
        stopped(1, 0, true),
        delivered('unsettled', { epoch: 2 }),
        settled('unsettled', { epoch: 2 }),
        delivered('marked', { epoch: 2, isRedelivered: true }),
        stopped(2, 0),
        delivered('marked', { epoch: 3 }),
        settled('marked', { epoch: 3 }),
      ],
      ['unflagged: requeued in q', 'unflagged: unsettled in q', 'unflagged: marked in q'],
    ],
    outlived: () => [
      [
        published('m1', 1, { isPersistent: false }),
        stopped(1, 0, true),
        delivered('m1', { epoch: 2 }),
        settled('m1', { epoch: 2 }),
      ],
      ['outlived: m1 in q'],
    ],
    misorder: () => [
      [
        published('m1', 1, { sequence: 11 }),
        published('m2', 2, { sequence: 12 }),
        published('m3', 3, { sequence: 13 }),
        delivered('m2'),
        delivered('m3'),
        delivered('m1'),
      ],
      ['misorder: m1 in q came after 13'],
    ],
    'double-confirm': () => [
      [
        published('m1', 1, { isPersistent: false }),
        published('m2', 2, { isPersistent: false }),
        answered(2, { isMultiple: true }),
        answered(1),
        answered(2, { isMultiple: true }),
      ],
      ['double-confirm: c answered publish 1 again', 'double-confirm: c answered publish 2 again'],
    ],
    'phantom-confirm': () => [
      [published('m1', 1, { isPersistent: false }), answered(2, { isMultiple: true })],
      ['phantom-confirm: c has no publish 2'],
    ],
  };

  it.each(VIOLATION_CLASSES)('%s', (violation) => {
    const [history, texts] = broken[violation]();
    expect(found(...history)).toEqual(texts);
  });
});

it('queues with several consumers have no order of deliveries', () => {
  const history = [
    published('m1', 1, { queues: ['shared'], sequence: 21 }),
    published('m2', 2, { queues: ['shared'], sequence: 22 }),
    delivered('m2', { queue: 'shared' }),
    delivered('m1', { queue: 'shared' }),
  ];
  expect(found(...history)).toEqual([]);
});

it('one multiple answer confirms what is open and leaves what was refused', () => {
  const history = [
    published('m1', 1),
    published('m2', 2),
    published('m3', 3),
    answered(2, { isNack: true }),
    answered(3, { isMultiple: true }),
  ];
  expect(found(...history)).toEqual(['lost: m1 in q', 'lost: m3 in q']);
});

it.each([
  ['an id twice', [published('m1', 1), published('m1', 2)]],
  ['a number left out', [published('m1', 2)]],
])('a wrong load is no verdict: %s', (_, history) => {
  expect(() => judge(...history)).toThrow(/twice|skipped/);
});
