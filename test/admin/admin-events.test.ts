// What operators change is told to amq.rabbitmq.event, once, where and when it is changed.
import amqp from 'amqplib';
import { expect, it } from 'vitest';
import { startBroker } from '../../src/node.ts';

const everything = { configure: '.*', write: '.*', read: '.*' };

it('operators’ changes are events', async () => {
  const config = { 'event_exchange.enabled': true };
  const broker = await startBroker({ port: 0, memory: true, config });
  try {
    const client = await amqp.connect(broker.url);
    const channel = await client.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const about of ['policy', 'queue.policy', 'permission', 'topic', 'user', 'vhost']) {
      await channel.bindQueue(queue, 'amq.rabbitmq.event', `${about}.#`);
    }
    await channel.assertQueue('q');
    const { admin } = broker;
    await admin.createVhost('v');
    await admin.setVhostLimit('v', 'max-queues', 3);
    await admin.clearVhostLimit('v', 'max-queues');
    await admin.setPolicy('/', 'p', { pattern: '^q$', definition: { 'max-length': 5 } });
    await admin.setPolicy('/', 'p', { pattern: '^q$', definition: { 'max-length': 5 } });
    await admin.clearPolicy('/', 'p');
    await admin.putUser('bob', { password: 'secret', tags: ['monitoring'] });
    await admin.setUserLimit('bob', 'max-channels', 5);
    await admin.clearUserLimit('bob', 'max-channels');
    await admin.setPermission('bob', 'v', everything);
    await admin.setTopicPermission('bob', 'v', 'amq.topic', { write: '.*', read: '.*' });
    await admin.clearTopicPermissions('bob', 'v');
    await admin.clearPermission('bob', 'v');
    await admin.deleteUser('bob');
    await admin.deleteVhost('v');
    const heard: string[] = [];
    for (;;) {
      const event = await channel.get(queue, { noAck: true });
      if (event === false) break;
      expect(event.properties.headers).toMatchObject({ user_who_performed_action: 'rmq-internal' });
      heard.push(event.fields.routingKey);
    }
    expect(heard).toEqual([
      'vhost.created',
      'vhost.limits.set',
      'vhost.limits.set',
      'queue.policy.updated',
      'policy.set',
      'queue.policy.cleared',
      'policy.cleared',
      'user.created',
      'user.tags.set',
      'user.limits.set',
      'user.limits.cleared',
      'permission.created',
      'topic.permission.created',
      'topic.permission.deleted',
      'permission.deleted',
      'user.deleted',
      'vhost.deleted',
    ]);
    await client.close();
  } finally {
    await broker.close();
  }
});
