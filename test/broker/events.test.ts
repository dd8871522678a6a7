import { describe, expect, it } from 'vitest';
import { BrokerEvents, EVENT_NAMES, printedTable } from '../../src/broker/events.ts';
import { tableOf } from '../../src/protocol/field-value.ts';

describe('events', () => {
  it('have names of one list, each once, that are routing keys', () => {
    expect([...EVENT_NAMES]).toEqual([...new Set(EVENT_NAMES)].sort());
    for (const name of EVENT_NAMES) expect(name).toMatch(/^[a-z]+(\.[a-z]+)+$/);
  });

  it('are described only to a listener', () => {
    const events = new BrokerEvents('warren@test', 1);
    const unheard = () => {
      throw new Error('nobody listens');
    };
    events.emit('queue.created', unheard);
    const heard: unknown[] = [];
    events.listen((name, fields) => heard.push([name, fields()]));
    events.emit('queue.deleted', () => ({ name: 'q' }));
    expect(heard).toEqual([['queue.deleted', { name: 'q' }]]);
  });

  it('know who makes a change, for as long as it is made', () => {
    const events = new BrokerEvents('warren@test', 1);
    const names: string[] = [];
    const note = () => names.push(events.actorName);
    events.by('ann', () => events.by('bob', note) + note());
    expect(() =>
      events.by('ann', () => {
        throw new Error('refused');
      }),
    ).toThrow('refused');
    note();
    expect(names).toEqual(['bob', 'ann', 'rmq-internal']);
  });

  it('name connections and channels, each of its own and always the same', () => {
    const events = new BrokerEvents('warren@test', 7);
    const [one, other] = [{}, {}];
    expect(events.processName(one)).toBe('<warren@test.7.1.0>');
    expect(events.processName(other)).toBe('<warren@test.7.2.0>');
    expect(events.processName(one)).toBe('<warren@test.7.1.0>');
  });

  it('print tables as Erlang terms', () => {
    const table = tableOf({ 'x-note': 'hi', n: 5, inner: { ok: true } });
    expect(printedTable(table)).toMatchObject({
      type: 'A',
      value: [
        '{<<"x-note">>,longstr,<<"hi">>}',
        '{<<"n">>,signedint,5}',
        '{<<"inner">>,table,[{<<"ok">>,bool,true}]}',
      ].map((text) => ({ type: 'S', value: Buffer.from(text) })),
    });
  });
});
