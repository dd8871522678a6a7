// Something of every kind of object that AMQP clients make, so that no list and no field is empty.
import type { ChannelModel } from 'amqplib';

/** Channel 1 consumes, channel 2 publishes; they stay open. */
export async function fill(model: ChannelModel): Promise<void> {
  const consuming = await model.createChannel();
  const publishing = await model.createConfirmChannel();
  await consuming.assertExchange('x', 'topic');
  await consuming.assertExchange('y', 'fanout');
  const late = { arguments: { 'x-delayed-type': 'direct' } };
  await consuming.assertExchange('late', 'x-delayed-message', late);
  await consuming.bindExchange('y', 'x', '#');
  const dead = { deadLetterExchange: '', deadLetterRoutingKey: 'dead' };
  await consuming.assertQueue('dead');
  await consuming.assertQueue('q', { ...dead, maxPriority: 5 });
  await consuming.assertQueue('dying', { ...dead, messageTtl: 0 });
  await consuming.assertQueue('quorum', { arguments: { 'x-queue-type': 'quorum' } });
  await consuming.assertQueue('single', { arguments: { 'x-single-active-consumer': true } });
  const { queue: exclusive } = await consuming.assertQueue('', { exclusive: true });
  await consuming.bindQueue('q', 'x', 'a.*', { argument: 1 });
  await consuming.bindQueue('quorum', 'x', 'a.*');
  for (const name of ['quorum', 'single', exclusive]) await consuming.consume(name, () => {});
  await consuming.consume('single', () => {}, { consumerTag: 'second' });
  const texts = { contentType: 'text/plain', contentEncoding: 'utf-8', correlationId: 'c' };
  const more = { replyTo: 'r', expiration: '86400000', messageId: 'm', type: 't', appId: 'a' };
  const numbers = { timestamp: 1_700_000_000, priority: 1, persistent: true };
  const all = { ...texts, ...more, ...numbers, userId: 'guest', headers: { k: 'v' } };
  publishing.publish('x', 'a.b', Buffer.from('{}'), all);
  publishing.publish('x', 'a.b', Buffer.from([255]));
  publishing.publish('late', 'q', Buffer.from('later'), { headers: { 'x-delay': 3_600_000 } });
  publishing.publish('late', 'q', Buffer.from('later'), { headers: { 'x-delay': 3_700_000 } });
  publishing.sendToQueue('dying', Buffer.from('x'), all);
  await publishing.waitForConfirms();
  const got = await publishing.get('q', { noAck: false });
  if (got !== false) publishing.nack(got);
}
