import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { afterEach, describe, expect, it } from 'vitest';
import { type RunningBroker, type StartOptions, startBroker } from '../../src/node.ts';
import { openTcp } from '../support/amqp/byte-stream.ts';
import { Speaker } from '../support/conversation/speaker.ts';

const running: RunningBroker[] = [];
const directories: string[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((broker) => broker.close()));
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function start(options: StartOptions = { memory: true }): Promise<RunningBroker> {
  const broker = await startBroker({ port: 0, ...options });
  running.push(broker);
  return broker;
}

function dataDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'warren-admin-'));
  directories.push(directory);
  return directory;
}

async function connect(url: string): Promise<ChannelModel> {
  const client = await amqp.connect(url);
  client.on('error', () => {});
  return client;
}

async function open(url: string): Promise<Channel> {
  const channel = await (await connect(url)).createChannel();
  channel.on('error', () => {});
  return channel;
}

function urlFor(broker: RunningBroker, login: string, vhost: string): string {
  return `amqp://${login}@127.0.0.1:${broker.port}/${encodeURIComponent(vhost)}`;
}

/** Why the broker does not let the user in, or open a channel; amqplib keeps that to itself. */
async function refusal(broker: RunningBroker, vhost: string, login = 'guest:guest') {
  const [user = '', password = ''] = login.split(':');
  const speaker = new Speaker(await openTcp(broker.host, broker.port), vhost);
  const options = { user, password, vhost, channel: '1', capabilities: 'none' };
  const limits = { channelMax: '2047', frameMax: '131072', heartbeat: '0' };
  try {
    await speaker.handshake({ ...options, ...limits });
  } catch (error) {
    return String(error);
  } finally {
    speaker.client.destroy();
  }
  return 'open';
}

async function fill(channel: Channel, queue: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) channel.sendToQueue(queue, Buffer.from(body));
  await channel.checkQueue(queue);
}

async function bodyOf(channel: Channel, queue: string): Promise<string | undefined> {
  const message = await channel.get(queue, { noAck: true });
  return message === false ? undefined : message.content.toString();
}

const everything = { configure: '.*', write: '.*', read: '.*' };

describe('policies', () => {
  it('expire what is published after them to a queue there is already', async () => {
    const { admin, url } = await start();
    const channel = await open(url);
    await channel.assertQueue('dead');
    await channel.assertQueue('q');
    const definition = { 'message-ttl': 1, 'dead-letter-exchange': '' };
    await admin.setPolicy('/', 'ttl', {
      pattern: '^q$',
      definition: { ...definition, 'dead-letter-routing-key': 'dead' },
      priority: 1,
      applyTo: 'queues',
    });
    const consumed = new Promise<string | undefined>((resolve) => {
      void channel.consume('dead', (message) => resolve(message?.content.toString()));
    });
    await fill(channel, 'q', 'short');
    expect(await consumed).toBe('short');
    expect(await bodyOf(channel, 'q')).toBeUndefined();
  });

  it('shrink a queue at once, bounded by the operator, until they are cleared', async () => {
    const { admin, url } = await start();
    const channel = await open(url);
    await channel.assertQueue('q');
    await fill(channel, 'q', '1', '2', '3', '4');
    await admin.setPolicy('/', 'len', { pattern: '', definition: { 'max-length': 3 } });
    expect((await channel.checkQueue('q')).messageCount).toBe(3);
    await admin.setOperatorPolicy('/', 'len', { pattern: '', definition: { 'max-length': 2 } });
    expect((await channel.checkQueue('q')).messageCount).toBe(2);
    await admin.clearOperatorPolicy('/', 'len');
    await fill(channel, 'q', '5', '6');
    expect((await channel.checkQueue('q')).messageCount).toBe(3);
    await admin.clearPolicy('/', 'len');
    await fill(channel, 'q', '7');
    expect((await channel.checkQueue('q')).messageCount).toBe(4);
    expect(await bodyOf(channel, 'q')).toBe('4');
  });

  it('give an exchange an alternate, until they are cleared', async () => {
    const { admin, url } = await start();
    const channel = await open(url);
    await channel.assertQueue('q');
    await channel.assertExchange('x', 'direct');
    await channel.bindQueue('q', 'amq.fanout', '');
    const definition = { 'alternate-exchange': 'amq.fanout' };
    await admin.setPolicy('/', 'ae', { pattern: '^x$', definition, applyTo: 'exchanges' });
    channel.publish('x', 'nowhere', Buffer.from('caught'));
    expect(await bodyOf(channel, 'q')).toBe('caught');
    await admin.clearPolicy('/', 'ae');
    channel.publish('x', 'nowhere', Buffer.from('lost'));
    expect(await bodyOf(channel, 'q')).toBeUndefined();
  });

  it('are refused in RabbitMQ’s words, and change nothing', async () => {
    const { admin, url } = await start();
    const channel = await open(url);
    await channel.assertQueue('q');
    await fill(channel, 'q', '1');
    const definition = { 'max-length': -1 };
    const wrong = admin.setPolicy('/', 'p', { pattern: '', definition });
    await expect(wrong).rejects.toMatchObject({
      name: 'ValidationError',
      message: '-1 is not a valid maximum length',
    });
    const misspelt = { pattern: '', definition, 'apply-to': 'all' };
    await expect(admin.setPolicy('/', 'p', misspelt)).rejects.toThrow(/no field 'apply-to'/);
    const nameless = admin.setPolicy('/', undefined as unknown as string, misspelt);
    await expect(nameless).rejects.toThrow('name should be a string, actually was undefined');
    await expect(
      admin.setOperatorPolicy('/', 'p', { pattern: '', definition: { 'queue-mode': 'lazy' } }),
    ).rejects.toThrow('[{<<"queue-mode">>,<<"lazy">>}] are not recognised policy settings');
    await expect(admin.clearPolicy('/', 'p')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: 'Parameter does not exist',
    });
    await expect(admin.clearOperatorPolicy('nowhere', 'p')).rejects.toThrow(
      "Virtual host 'nowhere' does not exist",
    );
    expect((await channel.checkQueue('q')).messageCount).toBe(1);
  });
});

describe('vhosts', () => {
  it('take nobody in until a permission is set, and throw everybody out when deleted', async () => {
    const broker = await start();
    const { admin } = broker;
    const refused = "NOT_ALLOWED - access to vhost 'v' refused for user 'guest'";
    expect(await refusal(broker, 'v')).toContain('NOT_ALLOWED - vhost v not found');
    await admin.createVhost('v');
    expect(await refusal(broker, 'v')).toContain(refused);
    await admin.setPermission('guest', 'v', everything);
    const client = await connect(urlFor(broker, 'guest:guest', 'v'));
    await (await client.createChannel()).assertQueue('q');
    await admin.createVhost('v');
    const closed = once(client, 'close');
    const elsewhere = await open(broker.url);
    await admin.deleteVhost('v');
    expect(String(await closed)).toContain("CONNECTION_FORCED - vhost 'v' is deleted");
    await elsewhere.assertQueue('still here');
    await expect(admin.deleteVhost('v')).rejects.toMatchObject({ name: 'NotFoundError' });
    await admin.createVhost('v');
    expect(await refusal(broker, 'v')).toContain(refused);
  });

  it('refuse queues and connections beyond their limits', async () => {
    const broker = await start();
    const { admin, url } = broker;
    const channel = await open(url);
    await channel.assertQueue('q');
    await admin.setVhostLimit('/', 'max-queues', 1);
    await admin.setVhostLimit('/', 'max-connections', 1);
    await channel.assertQueue('q');
    expect(await refusal(broker, '/')).toContain(
      "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (1) is reached",
    );
    await expect(channel.assertQueue('r')).rejects.toThrow(
      "PRECONDITION_FAILED - cannot declare queue 'r': queue limit in vhost '/' (1) is reached",
    );
    await admin.clearVhostLimit('/', 'max-connections');
    await admin.setVhostLimit('/', 'max-queues', -1);
    await (await open(url)).assertQueue('r');
  });

  it('have a default queue type', async () => {
    const broker = await start();
    const { admin } = broker;
    await admin.createVhost('v', { defaultQueueType: 'quorum' });
    await admin.setPermission('guest', 'v', everything);
    const channel = await open(urlFor(broker, 'guest:guest', 'v'));
    await channel.assertQueue('classic', { exclusive: true });
    await channel.assertQueue('q');
    const classic = { arguments: { 'x-queue-type': 'classic' } };
    await expect(channel.assertQueue('q', classic)).rejects.toThrow(
      /inequivalent arg 'x-queue-type'.* received 'classic' but current is 'quorum'/,
    );
    const wrong = { defaultQueueType: 'fast' } as object;
    await expect(admin.createVhost('v', wrong)).rejects.toThrow(
      "default_queue_type 'fast' unrecognised; should be one of: classic, quorum, stream",
    );
  });

  it('are traced', async () => {
    const { admin, url } = await start();
    const channel = await open(url);
    await channel.assertQueue('copies');
    await channel.bindQueue('copies', 'amq.rabbitmq.trace', 'publish.#');
    await admin.setTracing('/', true);
    channel.publish('amq.direct', 'k', Buffer.from('seen'));
    expect(await bodyOf(channel, 'copies')).toBe('seen');
    await admin.setTracing('/', false);
    channel.publish('amq.direct', 'k', Buffer.from('unseen'));
    expect(await bodyOf(channel, 'copies')).toBeUndefined();
    await expect(admin.setTracing('v', true)).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});

describe('users', () => {
  it('come, change their password, and are thrown out when deleted', async () => {
    const broker = await start();
    const { admin } = broker;
    await admin.putUser('ann', { password: 'one', tags: ['monitoring'] });
    await admin.setPermission('ann', '/', everything);
    const client = await connect(urlFor(broker, 'ann:one', '/'));
    await admin.putUser('ann', { password: 'two' });
    await expect(amqp.connect(urlFor(broker, 'ann:one', '/'))).rejects.toThrow(
      /ACCESS_REFUSED|403/,
    );
    await (await connect(urlFor(broker, 'ann:two', '/'))).close();
    const closed = once(client, 'close');
    await admin.deleteUser('ann');
    expect(String(await closed)).toContain("CONNECTION_FORCED - user 'ann' is deleted");
    await expect(admin.deleteUser('ann')).rejects.toMatchObject({
      name: 'NotFoundError',
      message: "User 'ann' does not exist",
    });
  });

  it('open no more than their limits', async () => {
    const broker = await start();
    const { admin, url } = broker;
    await admin.setUserLimit('guest', 'max-connections', 1);
    await connect(url);
    expect(await refusal(broker, '/')).toContain(
      "NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached",
    );
    await admin.clearUserLimit('guest', 'max-connections');
    await admin.setUserLimit('guest', 'max-channels', 0);
    expect(await refusal(broker, '/')).toContain(
      "number of channels opened for user 'guest' has reached the maximum allowed user limit of (0)",
    );
    await admin.setUserLimit('guest', 'max-channels', -1);
    expect(await refusal(broker, '/')).toBe('open');
    await expect(admin.setUserLimit('nobody', 'max-channels', 1)).rejects.toThrow(
      "User 'nobody' does not exist",
    );
  });

  it('publish what their permissions allow', async () => {
    const broker = await start();
    const { admin, url } = broker;
    const channel = await open(url);
    await channel.assertQueue('q');
    await admin.setTopicPermission('guest', '/', 'amq.topic', { write: '^{username}', read: '' });
    channel.publish('amq.topic', 'guest.1', Buffer.from('x'));
    await channel.checkQueue('q');
    const refused = once(channel, 'error');
    channel.publish('amq.topic', 'ann.1', Buffer.from('x'));
    expect(String(await refused)).toContain(
      "ACCESS_REFUSED - write access to topic 'ann.1' in exchange 'amq.topic' in vhost '/' refused " +
        "for user 'guest'",
    );
    await admin.clearTopicPermissions('guest', '/', 'amq.topic');
    const again = await open(url);
    again.publish('amq.topic', 'ann.1', Buffer.from('x'));
    await again.checkQueue('q');
    await admin.setPermission('guest', '/', { ...everything, configure: '^a-' });
    await expect(again.assertQueue('b')).rejects.toThrow(/configure access to queue 'b'/);
    await admin.clearPermission('guest', '/');
    expect(await refusal(broker, '/')).toContain("NOT_ALLOWED - access to vhost '/' refused");
  });

  it('and vhosts must exist, and patterns be patterns', async () => {
    const { admin } = await start();
    const invalid = { ...everything, write: '*' };
    await expect(admin.setPermission('guest', '/', invalid)).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'write should be regular expression but is invalid: {"nothing to repeat",0}',
    });
    const topics = { write: '.*', read: '(' };
    await expect(admin.setTopicPermission('guest', '/', 'x', topics)).rejects.toThrow(
      /^read should/,
    );
    for (const [user, vhost, message] of [
      ['nobody', '/', "User 'nobody' does not exist"],
      ['guest', 'v', "Virtual host 'v' does not exist"],
    ] as const) {
      const refused = { name: 'NotFoundError', message };
      await expect(admin.setPermission(user, vhost, everything)).rejects.toMatchObject(refused);
      await expect(admin.clearPermission(user, vhost)).rejects.toMatchObject(refused);
      const topic = { write: '', read: '' };
      const set = admin.setTopicPermission(user, vhost, 'x', topic);
      await expect(set).rejects.toMatchObject(refused);
      await expect(admin.clearTopicPermissions(user, vhost)).rejects.toMatchObject(refused);
    }
  });
});

describe('durability', () => {
  it('everything is there after a restart', async () => {
    const dataDir = dataDirectory();
    const first = await start({ dataDir });
    const channel = await open(first.url);
    await channel.assertQueue('q', { durable: true });
    const { admin } = first;
    await Promise.all([
      admin.setPolicy('/', 'len', { pattern: '^q', definition: { 'max-length': 2 } }),
      admin.setOperatorPolicy('/', 'len', { pattern: '', definition: { 'max-length': 1 } }),
      admin.setVhostLimit('/', 'max-queues', 1),
      admin.createVhost('v'),
      admin.createVhost('gone'),
      admin.putUser('ann', { password: 'one' }),
      admin.setPermission('ann', 'v', everything),
      admin.setPermission('ann', 'gone', everything),
      admin.setTopicPermission('ann', 'v', 'amq.topic', { write: '^a', read: '' }),
      admin.setUserLimit('ann', 'max-connections', 1),
      admin.deleteVhost('gone'),
    ]);
    await first.close();

    const second = await start({ dataDir });
    const guest = await open(second.url);
    await fill(guest, 'q', '1', '2');
    expect((await guest.checkQueue('q')).messageCount).toBe(1);
    await second.admin.clearOperatorPolicy('/', 'len');
    await fill(guest, 'q', '3', '4');
    expect((await guest.checkQueue('q')).messageCount).toBe(2);
    await expect(guest.assertQueue('r')).rejects.toThrow(/queue limit in vhost '\/' \(1\)/);
    const ann = await open(urlFor(second, 'ann:one', 'v'));
    expect(await refusal(second, 'v', 'ann:one')).toContain('user connection limit (1) is reached');
    const refused = once(ann, 'error');
    ann.publish('amq.topic', 'b', Buffer.from('x'));
    expect(String(await refused)).toContain("write access to topic 'b'");
    expect(await refusal(second, 'gone', 'ann:one')).toContain('vhost gone not found');
  });

  it('what was asked before close is stored, what is asked after is refused', async () => {
    const dataDir = dataDirectory();
    const first = await start({ dataDir });
    const created = first.admin.createVhost('v');
    const closed = first.close();
    const late = first.admin.createVhost('late');
    await expect(late).rejects.toThrow('the broker is closed');
    await Promise.all([created, closed]);
    const { admin } = await start({ dataDir });
    await admin.setVhostLimit('v', 'max-queues', 0);
    await expect(admin.setVhostLimit('late', 'max-queues', 0)).rejects.toThrow(/does not exist/);
  });
});
