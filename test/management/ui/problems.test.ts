import { describe, expect, it } from 'vitest';
import type { ConnectionView, NodeView, QueueView } from '../../../src/management/ui/http/views.ts';
import { findAlarms, findProblems } from '../../../src/management/ui/problems.ts';

const queue = (view: Partial<QueueView>) => ({ vhost: '/', name: 'q', ...view }) as QueueView;
const titles = (...queues: QueueView[]) => findProblems(queues, []).map(({ title }) => title);

describe('problems', () => {
  it('a healthy broker has none', () => {
    const served = queue({ messages_ready: 5, consumers: 1, messages_unacknowledged: 9 });
    const flowing = { ...served, message_stats: { ack_details: { rate: 1 } } };
    expect(titles(queue({}), flowing, queue({ consumers: 0, messages_ready: 0 }))).toEqual([]);
  });

  it('messages that nobody takes, that nobody acknowledges, and dead letters', () => {
    expect(titles(queue({ messages_ready: 5, consumers: 0 }))).toEqual(['No consumer']);
    const stuck = queue({ messages_ready: 5, consumers: 1, messages_unacknowledged: 9 });
    expect(titles(stuck)).toEqual(['Nothing is acknowledged']);
    for (const name of [
      'orders.dlq',
      'dead-letters',
      'x_dead_letter',
      'parking-lot.a',
      'my.errors',
    ]) {
      expect(titles(queue({ name, messages_ready: 1, consumers: 0 }))).toEqual(['Dead letters']);
    }
    expect(titles(queue({ name: 'deadline', messages_ready: 1, consumers: 1 }))).toEqual([]);
  });

  it('connections that an alarm blocks', () => {
    const connection = { name: 'a -> b', user_provided_name: 'shop', state: 'blocked' };
    expect(findProblems([], [connection as ConnectionView])).toMatchObject([
      { title: 'Connection blocked', name: 'shop', to: ['connections', 'a -> b'] },
    ]);
  });

  it('are a list that can be read', () => {
    const many = Array.from({ length: 500 }, (_, at) =>
      queue({ name: `q${at}`, messages_ready: 1 }),
    );
    expect(findProblems(many, [])).toHaveLength(12);
  });
});

describe('alarms', () => {
  it('say what is used and what helps', () => {
    const node = { mem_alarm: true, mem_used: 2 ** 30, mem_limit: 2 ** 29, disk_free_alarm: true };
    const [memory, disk] = findAlarms([node as NodeView]);
    expect(memory?.text).toMatch(/^1\.0 GiB of 512 MiB are in use\./);
    expect(disk?.title).toBe('Disk alarm: publishers are blocked');
    expect(findAlarms([{ mem_alarm: false } as NodeView])).toEqual([]);
  });
});
