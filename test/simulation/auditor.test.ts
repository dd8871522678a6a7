// The auditor itself: a correct history passes, and each kind of broken history is flagged as what it is.

import { describe, expect, it } from 'vitest';
import * as amqp from '../../src/protocol/generated/methods.ts';
import type { HistoryEvent } from './history.ts';
import {
  ack,
  commit,
  confirm,
  consume,
  crash,
  declared,
  deliver,
  get,
  getEmpty,
  getOk,
  judge,
  kinds,
  open,
  publish,
  QUEUE,
  quiet,
  ready,
  received,
  select,
  sent,
  stored,
  TOPIC,
  turn,
} from './history-fixture.ts';
import { bindQueue, declareExchange, declareQueue } from './world-names.ts';

describe('the auditor passes', () => {
  it('publish, confirm, consume, acknowledge', () => {
    expect(judge(stored, consume('tag'), deliver('m1', 1), turn, ack(1), commit, quiet)).toEqual(
      [],
    );
  });
  it('a confirmed message that comes back after a crash', () => {
    expect(
      judge(stored, crash, open(2), declared(1, 2), get(true, 2), getOk('m1', 1, false, 2), turn),
    ).toEqual([]);
  });
  it('the loss of what was not durable', () => {
    expect(
      judge(ready, publish('m1'), turn, crash, open(2), declared(0, 2), get(true, 2), getEmpty(2)),
    ).toEqual([]);
  });
  it('a delivery in the turn of its confirm that needs no commit', () => {
    const noAck = consume('tag', true);
    expect(
      judge(ready, select, noAck, publish('m1'), confirm(1), deliver('m1', 1), turn, quiet),
    ).toEqual([]);
  });
  it('a settled message that comes back because its end was not durable', () => {
    const settled = [consume('tag'), deliver('m1', 1), turn, ack(1), turn].flat();
    expect(judge(stored, settled, crash, open(2), declared(1, 2))).toEqual([]);
  });
  it('a requeue to the original place', () => {
    const nack = received({ id: amqp.BASIC_NACK, deliveryTag: 1, multiple: false, requeue: true });
    expect(
      judge(stored, consume('tag'), deliver('m1', 1), turn, nack, deliver('m1', 2, true), turn),
    ).toEqual([]);
  });
});

describe('the auditor flags', () => {
  it('a confirmed message that is gone after a crash', () => {
    expect(kinds(stored, crash, open(2), get(true, 2), getEmpty(2))).toEqual(['lost']);
  });
  it('a message that is gone without a crash', () => {
    expect(kinds(ready, publish('m1'), turn, get(), getEmpty())).toEqual(['lost']);
  });
  it('a count that is too small', () => {
    expect(kinds(stored, declared(0))).toEqual(['count']);
  });
  it('a message nobody published', () => {
    expect(kinds(ready, consume('tag'), deliver('ghost', 1), turn)).toEqual(['unexpected']);
  });
  it('a delivery to nobody', () => {
    expect(kinds(stored, deliver('m1', 1), turn)).toEqual(['unexpected']);
  });
  it('a body that changed', () => {
    const flipped = deliver('m1', 1);
    const content = { body: Buffer.from('m1|bOdy'), isPersistent: true };
    expect(kinds(stored, consume('tag'), { ...flipped, content } as HistoryEvent)).toEqual([
      'corrupt',
    ]);
  });
  it('a message delivered twice', () => {
    expect(kinds(stored, consume('tag'), deliver('m1', 1), deliver('m1', 2))).toContain(
      'duplicate',
    );
  });
  it('a settled message that comes back', () => {
    const settled = [consume('tag'), deliver('m1', 1), turn, ack(1), turn, commit].flat();
    expect(kinds(stored, settled, crash, open(2), declared(1, 2))).toEqual(['count']);
    expect(kinds(stored, settled, deliver('m1', 2, true), turn)).toEqual(['duplicate']);
  });
  it('a redelivery without its flag, and a flag without a delivery', () => {
    const nack = received({ id: amqp.BASIC_NACK, deliveryTag: 1, multiple: false, requeue: true });
    expect(kinds(stored, consume('tag'), deliver('m1', 1), nack, deliver('m1', 2))).toEqual([
      'redelivered',
    ]);
    expect(kinds(stored, consume('tag'), deliver('m1', 1, true))).toEqual(['redelivered']);
  });
  it('messages out of order', () => {
    const both = [...ready, publish('m1'), publish('m2'), turn, ...consume('tag')];
    expect(kinds(both, deliver('m2', 1), turn)).toEqual(['order']);
    expect(kinds(both, deliver('m2', 1), deliver('m1', 2), turn)).toEqual(['order']);
  });
  it('a delivery tag that is skipped', () => {
    expect(kinds(stored, consume('tag'), deliver('m1', 2))).toEqual(['order']);
  });
  it('more unacked than the prefetch count', () => {
    const qos = { id: amqp.BASIC_QOS, prefetchSize: 0, prefetchCount: 1, global: false } as const;
    const both = [
      ...ready,
      publish('m1'),
      publish('m2'),
      received(qos),
      sent({ id: amqp.BASIC_QOS_OK }),
    ];
    expect(kinds(both, consume('tag'), deliver('m1', 1), deliver('m2', 2), turn)).toEqual([
      'prefetch',
    ]);
  });
  it('a confirm before the commit is durable', () => {
    expect(kinds(ready, select, publish('m1'), confirm(1), turn)).toEqual(['confirm']);
    const started: HistoryEvent = { kind: 'commitStarted' };
    expect(
      kinds(ready, select, started, publish('m1'), { kind: 'commitDurable' }, confirm(1), turn),
    ).toEqual(['confirm']);
  });
  it('a confirm of nothing, a confirm twice, a confirm that never comes', () => {
    expect(kinds(ready, select, confirm(1))).toEqual(['confirm']);
    expect(kinds(stored, confirm(1))).toEqual(['confirm']);
    expect(kinds(ready, select, publish('m1'), commit, quiet)).toEqual(['confirm']);
  });
  it('a confirm that overtakes its basic.return', () => {
    const exchange = [received(declareExchange(TOPIC)), sent({ id: amqp.EXCHANGE_DECLARE_OK })];
    const lost = publish('m1', TOPIC.name, 'nowhere', true);
    expect(kinds(ready, exchange, select, lost, confirm(1), turn)).toEqual(['confirm']);
  });
  it('a reply that is missing or wrong', () => {
    expect(kinds(open(), received(declareQueue(QUEUE, -1)), quiet)).toEqual(['reply']);
    const bind = received(bindQueue(QUEUE, 'amq.topic', '#'));
    expect(kinds(ready, bind, sent({ id: amqp.QUEUE_PURGE_OK, messageCount: 0 }))).toEqual([
      'reply',
    ]);
    expect(kinds(ready, sent({ id: amqp.QUEUE_BIND_OK }))).toEqual(['reply']);
  });
  it('a message that waits although a consumer could take it', () => {
    expect(kinds(stored, consume('tag'), quiet)).toEqual(['stuck']);
  });
});
