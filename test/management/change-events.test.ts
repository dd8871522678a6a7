// What is changed over HTTP is told to amq.rabbitmq.event as the requester's work: the events that RabbitMQ
// 3.10.8 sent for the same requests.
import amqp from 'amqplib';
import { expect, it } from 'vitest';
import { withManagement } from '../support/management/management-client.ts';

it('changes over HTTP are events that name the requester', async () => {
  const config = { 'event_exchange.enabled': true };
  await withManagement(
    async ({ broker, api }) => {
      const client = await amqp.connect(broker.url);
      const channel = await client.createChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      const topics = ['permission.#', 'topic.#', 'user.*', 'user.tags.*', 'user.limits.*'];
      for (const key of [...topics, 'user.password.*', 'vhost.*', 'parameter.*', 'policy.*']) {
        await channel.bindQueue(queue, 'amq.rabbitmq.event', key);
      }
      const policy = { pattern: '^q$', definition: { 'max-length': 5 } };
      const calls: [string, string, unknown?][] = [
        ['PUT', '/vhosts/v', {}],
        ['PUT', '/users/ann', { password: 'a', tags: 'monitoring' }],
        ['PUT', '/users/ann', { password: 'b', tags: '' }],
        ['PUT', '/user-limits/ann/max-connections', { value: 4 }],
        ['DELETE', '/user-limits/ann/max-connections'],
        ['PUT', '/vhost-limits/v/max-queues', { value: 4 }],
        ['PUT', '/policies/v/p', policy],
        ['DELETE', '/policies/v/p'],
        ['PUT', '/topic-permissions/v/ann', { exchange: 'amq.topic', write: 'a', read: 'b' }],
        ['DELETE', '/users/ann'],
        ['DELETE', '/vhosts/v'],
      ];
      for (const [method, path, body] of calls) {
        expect((await api.call(method, path, body)).status, `${method} ${path}`).toBeLessThan(300);
      }
      const heard: string[] = [];
      for (;;) {
        const event = await channel.get(queue, { noAck: true });
        if (event === false) break;
        expect(event.properties.headers).toMatchObject({ user_who_performed_action: 'guest' });
        heard.push(event.fields.routingKey);
      }
      expect(heard).toEqual([
        ...['vhost.created', 'permission.created', 'user.created', 'user.tags.set'],
        ...['user.password.changed', 'user.tags.set', 'user.limits.set', 'user.limits.cleared'],
        ...['parameter.set', 'policy.set', 'policy.cleared', 'topic.permission.created'],
        ...['user.deleted', 'vhost.deleted', 'parameter.cleared', 'permission.deleted'],
      ]);
      await client.close();
    },
    { config },
  );
});
