import { describe, expect, it, test } from 'vitest';
import { Style } from '../../../src/cli/output/style.ts';
import { width } from '../../../src/cli/output/table.ts';
import { rowsOfScreen, type TopSnapshot, topFrame } from '../../../src/cli/top/top-frame.ts';
import { initialTopState } from '../../../src/cli/top/top-state.ts';

const plain = new Style(false);

const snapshot: TopSnapshot = {
  overview: {
    product_name: 'WarrenMQ',
    product_version: '1.2.3',
    node: 'warren@host',
    object_totals: { connections: 3, channels: 4, consumers: 5, queues: 1200, exchanges: 7 },
    queue_totals: { messages_ready: 99, messages_unacknowledged: 1 },
    message_stats: { publish_details: { rate: 12.34 } },
  },
  node: { uptime: 61_000, mem_used: 2 ** 20, mem_limit: 2 ** 30, disk_free: 2 ** 31 },
  rows: [
    { name: 'orders', vhost: '/', state: 'running', messages_ready: 99, consumers: 2 },
    { name: 'evil\x1b[2J', vhost: '/', state: 'idle', messages_ready: 0, consumers: 0 },
  ],
  total: 1200,
};

const frame = (size = { columns: 100, rows: 12 }, state = initialTopState, problem?: string) =>
  topFrame(state, snapshot, problem, size, plain);

test('a picture', () => {
  expect(frame()).toEqual([
    'WarrenMQ 1.2.3  warren@host  up 1m 1s  memory 1.0 MiB of 1.0 GiB  disk free 2.0 GiB',
    'connections 3   channels 4   consumers 5   queues 1,200   exchanges 7',
    'ready 99   unacked 1   in 12.3/s   out 0.0/s   acked 0.0/s',
    '',
    'NAME                               VHOST   STATE      READY▼   UNACKED CONSUMERS        IN       OUT',
    'orders                             /       running        99         -         2         -         -',
    'evil\\x1b[2J                        /       idle            0         -         0         -         -',
    '',
    '',
    '',
    '',
    '1,200 queues  q quit  ←→ sort  r reverse  ↑↓ scroll  / filter  tab view  space pause',
  ]);
});

describe('whatever the size', () => {
  it.each([
    [20, 3],
    [40, 8],
    [80, 24],
    [200, 60],
  ])('%i × %i is filled and not left', (columns, rows) => {
    const lines = frame({ columns, rows });
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
    expect(rowsOfScreen({ columns, rows })).toBeGreaterThan(0);
  });
});

test('the last line says what is wrong, what is typed, that it stands still', () => {
  const last = (lines: readonly string[]) => lines.at(-1);
  expect(last(frame(undefined, initialTopState, 'cannot reach it'))).toBe('cannot reach it');
  expect(last(frame(undefined, { ...initialTopState, isTyping: true, filter: 'ord' }))).toContain(
    'filter: ord▏',
  );
  const paused = { ...initialTopState, isPaused: true, filter: 'ord' };
  expect(last(frame(undefined, paused))).toContain('filter "ord"  PAUSED');
});

test('alarms are in the first line', () => {
  const alarmed = { ...snapshot, node: { ...snapshot.node, mem_alarm: true } };
  const [first] = topFrame(initialTopState, alarmed, undefined, { columns: 120, rows: 9 }, plain);
  expect(first).toContain('MEMORY ALARM');
});

test('before the first answer there is an empty picture', () => {
  const lines = topFrame(initialTopState, undefined, undefined, { columns: 80, rows: 9 }, plain);
  expect(lines).toHaveLength(9);
  expect(lines[4]).toMatch(/^NAME/);
});

test('what is not known of the node is left out', () => {
  const lines = topFrame(
    initialTopState,
    { ...snapshot, node: {} },
    undefined,
    { columns: 80, rows: 9 },
    plain,
  );
  expect(lines[0]).toBe('WarrenMQ 1.2.3  warren@host');
});
