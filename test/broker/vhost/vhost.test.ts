import { expect, it } from 'vitest';
import { VirtualHost } from '../../../src/broker/vhost/vhost.ts';

it('a vhost begins with the exchanges of RabbitMQ, durable and never auto-deleted', () => {
  const vhost = new VirtualHost('/', 1);
  const found = [...vhost.exchanges.values()].map(
    ({ name, type, isInternal }) => `${name} ${type}${isInternal ? ' internal' : ''}`,
  );
  expect(found).toEqual([
    ' direct',
    'amq.direct direct',
    'amq.fanout fanout',
    'amq.headers headers',
    'amq.match headers',
    'amq.rabbitmq.trace topic internal',
    'amq.topic topic',
  ]);
  for (const exchange of vhost.exchanges.values()) {
    expect(exchange).toMatchObject({ isDurable: true, isAutoDelete: false, vhostName: '/', id: 0 });
  }
  expect(vhost.defaultExchange).toBe(vhost.exchanges.get(''));
  expect(vhost.queues.size).toBe(0);
});
