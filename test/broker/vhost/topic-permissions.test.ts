// Topic permissions and the queue limit of a vhost, where a client meets them.

import { describe, expect, test } from 'vitest';
import { CoreWorld } from '../../support/core/core-world.ts';
import { Bench, refusal } from './topology-fixture.ts';

describe('a topic permission', () => {
  const text = (permission: string, user: string) =>
    `ACCESS_REFUSED - ${permission} access to topic 'a.b' in exchange 'amq.topic' in vhost '/' ` +
    `refused for user '${user}'`;

  test('refuses to bind and unbind with a routing key, on topic exchanges only', () => {
    const bench = new Bench();
    bench.declareQueue('q');
    bench.access.denied.add('topic amq.topic read a.b').add('topic amq.direct read a.b');
    const bind = () => bench.bindQueue('amq.topic', 'q', { routingKey: 'a.b' });
    expect(refusal(bind)).toBe(`403 ${text('read', 'ann')}`);
    bench.bindQueue('amq.topic', 'q', { routingKey: 'a.c' });
    bench.bindQueue('amq.direct', 'q', { routingKey: 'a.b' });
  });

  test('refuses to publish with a routing key, also when the route is known already', async () => {
    const world = new CoreWorld();
    const client = await world.open();
    const publish = (routingKey: string) => {
      client.publish('x', { exchange: 'amq.topic', routingKey });
    };
    publish('a.b');
    publish('a.b');
    await world.run();
    expect(JSON.stringify(client.take())).toBe('[]');
    world.access.denied.add('topic amq.topic write a.b');
    world.access.revision++;
    publish('a.c');
    publish('a.b');
    await world.run();
    expect(JSON.stringify(client.take())).toContain(text('write', 'guest'));
  });
});

describe('the queue limit of a vhost', () => {
  test('comes before what is wrong with the declaration, and spares what exists', () => {
    const bench = new Bench();
    bench.declareQueue('one');
    bench.vhosts.setLimit('/', 'max-queues', 1);
    const declare = () => bench.declareQueue('two', { arguments: { 'x-dead-letter-exchange': 5 } });
    expect(refusal(declare)).toBe(
      "406 PRECONDITION_FAILED - cannot declare queue 'two': queue limit in vhost '/' (1) is reached",
    );
    bench.declareQueue('one');
    bench.vhosts.setLimit('/', 'max-queues', -1);
    bench.declareQueue('two', { arguments: {} });
  });
});
