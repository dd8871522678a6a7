// `warren connection`, `channel` and `consumer`: what clients hold.
import { once } from 'node:events';
import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-clients'];
let client: ChannelModel;

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.run(['vhost', 'delete', 'cli-clients', '--yes']);
  await world.warren.ok('vhost', 'add', 'cli-clients');
  await world.warren.ok('queue', 'declare', 'q', ...vhost);
});
afterEach(async () => {
  await client.close().catch(() => {});
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-clients', '--yes');
  await world.end();
});

/** A client that consumes; its connection's name. */
async function connect(): Promise<string> {
  client = await amqp.connect(`${world.amqpUrl}/cli-clients`, {
    clientProperties: { connection_name: 'the client' },
  });
  client.on('error', () => {});
  const channel = await client.createChannel();
  await channel.prefetch(7);
  await channel.consume('q', () => {}, { consumerTag: 'tag-1' });
  return vi.waitFor(
    async () => {
      const [row] = await world.warren.json('channel', 'list', ...vhost);
      expect(row.prefetch_count).toBe(7);
      const rows = await world.warren.json('connection', 'list', ...vhost);
      expect(rows).toHaveLength(1);
      return rows[0].name;
    },
    { timeout: 15_000, interval: 50 },
  );
}

test('lists of what a client holds', async () => {
  const name = await connect();
  const { warren } = world;
  expect(await warren.ok('connection', 'list', '-q', ...vhost)).toBe(`${name}\n`);
  const info = await warren.ok('connection', 'info', name);
  expect(info).toContain(`name\t${name}\nuser\tguest\nvhost\tcli-clients\n`);
  expect(info).toContain('\nclient\tthe client\n');
  expect(await warren.ok('channel', 'list', '--columns', 'name,user', ...vhost)).toBe(
    `name\tuser\n${name} (1)\tguest\n`,
  );
  const consumers = await warren.ok('consumer', 'list', '--queue', 'q', '--no-headers', ...vhost);
  expect(consumers).toBe(`cli-clients\tq\ttag-1\t${name} (1)\tguest\ttrue\tfalse\t7\tup\n`);
});

test('close tells the client why', async () => {
  const name = await connect();
  const { warren } = world;
  const refused = await warren.run(['connection', 'close', name]);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toContain("user 'guest', 1 channel");
  const closed = once(client, 'close');
  await warren.ok('connection', 'close', name, '--reason', 'maintenance:\n grüße 漢', '--yes');
  expect(String(await closed)).toContain('CONNECTION_FORCED - maintenance:  grüße 漢');
});

test('close by what they belong to', async () => {
  await connect();
  const { warren } = world;
  const all = ['connection', 'close', '--of-vhost', 'cli-clients'];
  const dry = await warren.run([...all, '--dry-run']);
  expect(dry.stderr).toBe("Would close all of vhost 'cli-clients': 1 connection\n");
  const closed = once(client, 'close');
  expect(await warren.json(...all, '--yes')).toEqual({ closed: 1 });
  await closed;
});

test.each([[[]], [['name', '--of-user', 'guest']]])(
  'close needs either names or owners: %j',
  async (words) => {
    client = await amqp.connect(world.amqpUrl);
    const { exitCode } = await world.warren.run(['connection', 'close', ...words, '--yes']);
    expect(exitCode).toBe(64);
  },
);

test('cancel takes the consumer from its client, which is told', async () => {
  await connect();
  const channel = await client.createChannel();
  const cancelled = new Promise((resolve) => {
    void channel.consume('q', resolve, { consumerTag: 'tag-2' });
  });
  await vi.waitFor(async () => {
    expect(await world.warren.ok('consumer', 'list', '-q', ...vhost)).toContain('tag-2\n');
  });
  const words = ['consumer', 'cancel', 'tag-2', ...vhost];
  const refused = await world.warren.run(words);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toMatch(/this would cancel consumer 'tag-2': queue 'q', channel .* \(2\)/);
  await world.warren.ok(...words, '--queue', 'q', '--yes');
  // amqplib hands on the cancellation as a message that is null.
  expect(await cancelled).toBe(null);
  expect(await world.warren.ok('consumer', 'list', '-q', ...vhost)).toBe('tag-1\n');
});

test('a tag of several consumers needs the queue', async () => {
  await connect();
  await world.warren.ok('queue', 'declare', 'other', ...vhost);
  const channel = await client.createChannel();
  await channel.consume('other', () => {}, { consumerTag: 'tag-1' });
  const words = ['consumer', 'cancel', 'tag-1', '--yes', ...vhost];
  const { exitCode, stderr } = await world.warren.run(words);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^error: 2 consumers have the tag 'tag-1' \(queues (?:q, other|other, q)\)/,
  );
  await world.warren.ok(...words, '--queue', 'other');
});

test('a consumer that is not there ends with 66', async () => {
  client = await amqp.connect(world.amqpUrl);
  const words = ['consumer', 'cancel', 'none', '--yes', ...vhost];
  const { exitCode, stderr } = await world.warren.run(words);
  expect(exitCode).toBe(66);
  expect(stderr).toContain("there is no consumer 'none'");
});
