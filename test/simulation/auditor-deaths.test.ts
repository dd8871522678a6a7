// The auditor's rules of time, length, priority and dead letters: true histories pass, broken ones are
// flagged as what they are.

import { describe, expect, it } from 'vitest';
import * as amqp from '../../src/protocol/generated/methods.ts';
import type { Content, HistoryEvent, SeenDeath } from './history.ts';
import {
  commit,
  confirm,
  crash,
  event,
  getEmpty,
  judge as judgeAll,
  kinds as kindsOf,
  open,
  type Pause,
  publish,
  received,
  select,
  turn,
} from './history-fixture.ts';
import { SAFE_QUEUE } from './queue-rules.ts';
import { declareQueue } from './world-names.ts';

function declare(queue: string, messageCount = 0, connection = 1): HistoryEvent[] {
  const reply = { id: amqp.QUEUE_DECLARE_OK, queue, messageCount, consumerCount: 0 } as const;
  return [
    received(declareQueue(queue, -1), undefined, connection),
    event('sent', reply, undefined, connection),
  ];
}

/** A publish to the default exchange with these properties. */
function put(id: string, queue: string, properties: Partial<Content> = {}): HistoryEvent {
  const event = publish(id, '', queue);
  const content = { body: Buffer.from(`${id}|body`), isPersistent: true, ...properties };
  return { ...event, content } as HistoryEvent;
}

function get(queue: string, noAck = true): HistoryEvent {
  return received({ id: amqp.BASIC_GET, queue, noAck });
}

/** Gets are answered with one delivery tag after the other; after a crash by another connection. */
function numbered(events: (HistoryEvent | Pause | HistoryEvent[])[]): (HistoryEvent | Pause)[] {
  let deliveryTag = 0;
  let connection = 1;
  return events.flat().map((one) => {
    if ('pauseMs' in one) return one;
    if (one.kind === 'crashed') {
      connection = 2;
      deliveryTag = 0;
    }
    if (one.kind !== 'received' && one.kind !== 'sent') return one;
    const { method } = one;
    if (method.id !== amqp.BASIC_GET_OK) return { ...one, connection };
    return { ...one, connection, method: { ...method, deliveryTag: ++deliveryTag } };
  });
}

function judge(...events: (HistoryEvent | Pause | HistoryEvent[])[]): string[] {
  return judgeAll(...numbered(events));
}

function kinds(...events: (HistoryEvent | Pause | HistoryEvent[])[]): string[] {
  return kindsOf(...numbered(events));
}

/** A get that finds the message; `properties` are those that came out. */
function took(id: string, queue: string, properties: Partial<Content> = {}): HistoryEvent[] {
  const names = { exchange: '', routingKey: queue, messageCount: 0, redelivered: false };
  const method = { id: amqp.BASIC_GET_OK, deliveryTag: 0, ...names } as const;
  return [get(queue), event('sent', method, id, 1, properties), turn];
}

function death(queue: string, reason: string, changes: Partial<SeenDeath> = {}): SeenDeath {
  return {
    queue,
    reason,
    count: 1,
    exchange: '',
    routingKeys: [queue],
    timeSeconds: 1_800_000_000,
    originalExpiration: undefined,
    ...changes,
  };
}

function died(id: string, ...deaths: SeenDeath[]): HistoryEvent[] {
  return took(id, SAFE_QUEUE, { deaths });
}

const later = { pauseMs: 50 };
const drained: HistoryEvent = { kind: 'drained' };
const nack = (deliveryTag: number): HistoryEvent =>
  event('sent', { id: amqp.BASIC_NACK, deliveryTag, multiple: false, requeue: true });

function ready(...queues: string[]): HistoryEvent[] {
  return [...open(), ...[SAFE_QUEUE, ...queues].flatMap((name) => declare(name)), ...commit];
}

/** One confirmed message in the queue. */
function stored(queue: string, properties: Partial<Content> = {}): HistoryEvent[] {
  return [...ready(queue), ...select, put('m1', queue, properties), ...commit, confirm(1), turn];
}

/** The message is out, and its consumer refuses it. */
function rejected(queue: string): HistoryEvent[] {
  const names = { exchange: '', routingKey: queue, messageCount: 0, redelivered: false };
  return [
    get(queue, false),
    event('sent', { id: amqp.BASIC_GET_OK, deliveryTag: 0, ...names }, 'm1'),
    turn,
    received({ id: amqp.BASIC_REJECT, deliveryTag: 1, requeue: false }),
  ];
}

/** The message is out that often, and its consumer gives it back. */
function returned(queue: string, times: number): HistoryEvent[] {
  return Array.from({ length: times }, (_, index) => {
    const names = { exchange: '', routingKey: queue, messageCount: 0, redelivered: index > 0 };
    const counted = index === 0 ? {} : { deliveryCount: index };
    return [
      get(queue, false),
      event('sent', { id: amqp.BASIC_GET_OK, deliveryTag: 0, ...names }, 'm1', 1, counted),
      turn,
      received({ id: amqp.BASIC_REJECT, deliveryTag: index + 1, requeue: true }),
    ];
  }).flat();
}

describe('the auditor passes', () => {
  it('a message that expires and comes out as a dead letter', () => {
    const end = [...died('m1', death('limit-ttl', 'expired')), drained];
    expect(judge(stored('limit-ttl'), later, end)).toEqual([]);
  });
  it('a message that is dropped from one queue and expires in the next', () => {
    const chain = [
      death('limit-ttl', 'expired'),
      death('limit-drop', 'maxlen', { routingKeys: ['limit-drop'] }),
    ];
    const both = [...ready('limit-ttl', 'limit-drop'), put('m1', 'limit-drop'), turn];
    expect(judge(both, later, died('m1', ...chain), drained)).toEqual([]);
  });
  it('a rejected message as a dead letter', () => {
    const end = [...died('m1', death('limit-ttl', 'rejected')), drained];
    expect(judge(stored('limit-ttl'), rejected('limit-ttl'), end)).toEqual([]);
  });
  it('either side of a move into which a crash fell', () => {
    const again = [...open(), ...declare('limit-ttl', 1), ...declare(SAFE_QUEUE)];
    expect(judge(stored('limit-ttl'), crash, again, took('m1', 'limit-ttl'), drained)).toEqual([]);
    const end = [...died('m1', death('limit-ttl', 'expired')), drained];
    const moved = [...open(), ...declare('limit-ttl'), ...declare(SAFE_QUEUE, 1)];
    expect(judge(stored('limit-ttl'), later, crash, moved, end)).toEqual([]);
  });
  it('a refusal by a full queue, and its dead letter', () => {
    const full = ['m1', 'm2', 'm3', 'm4'].map((id) => put(id, 'limit-dlx'));
    const answers = [...commit, confirm(1), confirm(2), confirm(3), nack(4), turn];
    const end = died('m4', death('limit-dlx', 'maxlen'));
    expect(judge(ready('limit-dlx'), select, full, answers, end)).toEqual([]);
  });
  it('the end of a message that no rule keeps', () => {
    expect(judge(stored('limit-void'), later, get('limit-void'), getEmpty(), drained)).toEqual([]);
  });
});

describe('the auditor flags', () => {
  it('a message that expired and came out nowhere, also after a crash', () => {
    expect(kinds(stored('limit-ttl'), later, drained)).toEqual(['lost']);
    expect(kinds(stored('limit-ttl'), later, crash, drained)).toEqual(['lost']);
  });
  it('a rejected message that came out nowhere', () => {
    expect(kinds(stored('limit-ttl'), rejected('limit-ttl'), drained)).toEqual(['lost']);
  });
  it('a dead letter whose message is still in its queue, or was taken from it', () => {
    const dead = died('m1', death('limit-ttl', 'expired'));
    expect(kinds(stored('limit-ttl'), later, dead, took('m1', 'limit-ttl'))).toContain('duplicate');
    expect(kinds(stored('limit-ttl'), took('m1', 'limit-ttl'), later, dead)).toContain('duplicate');
  });
  it('a dead letter that comes twice', () => {
    const dead = died('m1', death('limit-ttl', 'expired'));
    expect(kinds(stored('limit-ttl'), later, dead, dead)).toContain('duplicate');
  });
  it('a delivery after its time', () => {
    expect(kinds(stored('limit-ttl'), later, took('m1', 'limit-ttl'))).toEqual(['expired']);
    const own = stored('limit-reject', { expirationMs: 10 });
    const out = took('m1', 'limit-reject', { expirationMs: 10 });
    expect(kinds(own, later, out)).toEqual(['expired']);
  });
  it('a death before its time, or for a reason that does not hold', () => {
    const early = died('m1', death('limit-ttl', 'expired'));
    expect(kinds(stored('limit-ttl'), early)).toEqual(['death']);
    const refused = died('m1', death('limit-ttl', 'rejected'));
    expect(kinds(stored('limit-ttl'), later, refused)).toEqual(['death']);
    const dropped = died('m1', death('limit-ttl', 'maxlen'));
    expect(kinds(stored('limit-ttl'), later, dropped)).toEqual(['death']);
  });
  it('an x-death that does not tell how the message came, or when it died', () => {
    for (const lie of [
      { exchange: 'x-direct' },
      { routingKeys: ['other'] },
      { timeSeconds: 1_800_000_009 },
      { originalExpiration: '5' },
    ]) {
      const dead = died('m1', death('limit-ttl', 'expired', lie));
      expect(kinds(stored('limit-ttl'), later, dead)).toEqual(['death']);
    }
    const twice = died('m1', death('limit-ttl', 'expired', { count: 2 }));
    expect(kinds(stored('limit-ttl'), later, twice)).toContain('death');
  });
  it('a dead letter that keeps its expiration, or a message that lost it', () => {
    const own = stored('limit-ttl', { expirationMs: 10 });
    const deaths = [death('limit-ttl', 'expired', { originalExpiration: '10' })];
    expect(judge(own, later, took('m1', SAFE_QUEUE, { deaths }))).toEqual([]);
    const kept = took('m1', SAFE_QUEUE, { deaths, expirationMs: 10 });
    expect(kinds(own, later, kept)).toEqual(['corrupt']);
  });
  it('a message that expired in a cycle and comes back', () => {
    const deaths = [death('limit-cycle', 'expired')];
    const back = took('m1', 'limit-cycle', { deaths });
    expect(kinds(stored('limit-cycle'), later, back)).toContain('death');
  });
  it('a message that died of too few returns, comes after too many, or miscounts them', () => {
    const queue = 'limit-returns';
    const dead = died('m1', death(queue, 'delivery_limit'));
    expect(judge(stored(queue), returned(queue, 2), dead, drained)).toEqual([]);
    expect(kinds(stored(queue), returned(queue, 1), dead)).toEqual(['death']);
    expect(kinds(stored(queue), returned(queue, 3))).toEqual(['returns']);
    expect(kinds(stored(queue), returned(queue, 2), drained)).toEqual(['lost']);
    const again = (properties: Partial<Content>) =>
      kinds(stored(queue), returned(queue, 1), [
        get(queue),
        ...took('m1', queue, properties).slice(1),
      ]);
    expect(again({})).toContain('returns');
    expect(again({ deliveryCount: 2 })).toContain('returns');
    expect(again({ deliveryCount: 1 })).not.toContain('returns');
  });
  it('more messages than the limit', () => {
    const four = ['m1', 'm2', 'm3', 'm4'].map((id) => put(id, 'limit-drop'));
    expect(kinds(ready('limit-drop'), four, turn, declare('limit-drop', 4))).toEqual(['count']);
    expect(judge(ready('limit-drop'), four, turn, declare('limit-drop', 3))).toEqual([]);
  });
  it('a refusal by a queue that is not full, and one that refuses nothing', () => {
    expect(kinds(ready('limit-reject'), select, put('m1', 'limit-reject'), nack(1))).toEqual([
      'confirm',
    ]);
    expect(kinds(ready(), select, put('m1', SAFE_QUEUE), nack(1))).toEqual(['confirm']);
  });
  it('a confirmed message that a refusing queue loses', () => {
    expect(kinds(stored('limit-reject'), get('limit-reject'), getEmpty())).toContain('lost');
    expect(kinds(stored('limit-reject'), drained)).toEqual(['lost']);
  });
  it('a lower priority before a higher one, and disorder within one', () => {
    const queue = 'limit-priority';
    const two = [put('m1', queue, { priority: 1 }), put('m2', queue, { priority: 2 }), turn];
    const low = took('m1', queue, { priority: 1 });
    expect(kinds(ready(queue), two, low)).toEqual(['priority']);
    const high = took('m2', queue, { priority: 2 });
    expect(judge(ready(queue), two, high)).toEqual([]);
    const same = [put('m1', queue, { priority: 7 }), put('m2', queue, { priority: 3 }), turn];
    expect(kinds(ready(queue), same, took('m2', queue, { priority: 3 }))).toEqual(['order']);
  });
});
