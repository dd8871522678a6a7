import amqp, { type ChannelModel } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-queues'];

beforeAll(async () => {
  world = await startCommandWorld();
});
beforeEach(async () => {
  await world.warren.run(['vhost', 'delete', 'cli-queues', '--yes']);
  await world.warren.ok('vhost', 'add', 'cli-queues');
});
afterAll(async () => {
  await world.warren.run(['vhost', 'delete', 'cli-queues', '--yes']);
  await world.end();
});

async function declare(name: string, ...messages: readonly string[]): Promise<void> {
  await world.warren.ok('queue', 'declare', name, ...vhost);
  for (const message of messages) {
    await world.warren.ok('queue', 'publish', name, message, ...vhost);
  }
}

const names = async () => (await world.warren.ok('queue', 'list', '-q', ...vhost)).split('\n');

/** The API of a RabbitMQ shows counts a few seconds late. */
async function countIs(name: string, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { messages } = await world.warren.json('queue', 'info', name, ...vhost);
      expect(messages).toBe(count);
    },
    { timeout: 15_000, interval: 50 },
  );
}

describe('declare', () => {
  it('has an option for each usual argument', async () => {
    const options = [
      ...['--message-ttl', '60000', '--expires', '90000', '--max-length', '5'],
      ...['--max-bytes', '1000', '--overflow', 'reject-publish', '--dead-letter-exchange', 'dlx'],
      ...['--dead-letter-routing-key', 'k', '--max-priority', '4', '--single-active-consumer'],
      ...['--argument', 'x-own="1"', '--argument', 'x-queue-mode=lazy', '--auto-delete'],
    ];
    const declared = await world.warren.json('queue', 'declare', 'q', ...options, ...vhost);
    expect(declared).toEqual({ name: 'q', vhost: 'cli-queues', created: true });
    expect(await world.warren.json('queue', 'info', 'q', ...vhost)).toMatchObject({
      durable: true,
      auto_delete: true,
      arguments: {
        'x-message-ttl': 60000,
        'x-expires': 90000,
        'x-max-length': 5,
        'x-max-length-bytes': 1000,
        'x-overflow': 'reject-publish',
        'x-dead-letter-exchange': 'dlx',
        'x-dead-letter-routing-key': 'k',
        'x-max-priority': 4,
        'x-single-active-consumer': true,
        'x-own': '1',
        'x-queue-mode': 'lazy',
      },
    });
  });

  it('again is no error, with other properties it is one', async () => {
    await declare('q');
    const again = await world.warren.json('queue', 'declare', 'q', ...vhost);
    expect(again.created).toBe(false);
    const other = await world.warren.run(['queue', 'declare', 'q', '--transient', ...vhost]);
    expect(other.exitCode).toBe(73);
    expect(other.stderr).toContain("inequivalent arg 'durable' for queue 'q'");
    expect(other.stderr).toContain('Delete it first, or ask for the properties that it has.');
  });

  it('what the broker refuses ends with 65', async () => {
    const words = ['queue', 'declare', 'q', '--overflow', 'bogus', ...vhost];
    expect((await world.warren.run(words)).exitCode).toBe(65);
  });
});

describe('list', () => {
  it('filters by name, takes the columns that are asked for, sorts, stops', async () => {
    await declare('a.one');
    await declare('a.two', 'x', 'y');
    await declare('b', 'x');
    await countIs('a.two', 2);
    await countIs('b', 1);
    const list = ['queue', 'list', ...vhost];
    const match = await world.warren.ok(...list, '--match', '^a\\.', '--columns', 'name,messages');
    expect(match).toBe('name\tmessages\na.one\t0\na.two\t2\n');
    const sorted = await world.warren.ok(...list, '--sort', 'ready:desc', '--limit', '2', '-q');
    expect(sorted).toBe('a.two\nb\n');
    expect(await world.warren.ok(...list, '--non-empty', '-q')).toBe('a.two\nb\n');
    expect(await world.warren.ok(...list, '--no-consumers', '-q')).toBe('a.one\na.two\nb\n');
  });

  it('tells which regular expression is wrong', async () => {
    const { exitCode, stderr } = await world.warren.run(['queue', 'list', '--match', '(']);
    expect(exitCode).toBe(65);
    expect(stderr).toMatch(/^error: .+/);
  });

  it('shows a name that would command the terminal as text', async () => {
    await declare('evil\x1b[2J\x07name');
    expect(await names()).toContain('evil\\x1b[2J\\x07name');
    const json = await world.warren.ok('queue', 'list', '--json', ...vhost);
    expect(json).not.toContain('\x1b');
    expect(JSON.parse(json)[0].name).toBe('evil\x1b[2J\x07name');
  });

  it.each(['..', '.', 'a/b', '%2F', 'ü ?#&', 'a+b'])('finds the queue named %j', async (name) => {
    await declare(name);
    expect((await world.warren.json('queue', 'info', name, ...vhost)).name).toBe(name);
    await world.warren.ok('queue', 'delete', name, '--yes', ...vhost);
    expect(await names()).toEqual(['']);
  });
});

test('info tells the bindings, too', async () => {
  await declare('q');
  await world.warren.ok('binding', 'add', 'amq.topic', 'q', '-k', 'a.#', ...vhost);
  const info = await world.warren.ok('queue', 'info', 'q', ...vhost);
  expect(info).toMatch(/^name\tq\nvhost\tcli-queues\ntype\tclassic\n/);
  expect(info).toContain('\n1 binding\nsource\tkey\targuments\namq.topic\ta.#\t{}\n');
});

describe('delete', () => {
  it('needs --yes without a terminal, and says what would be lost', async () => {
    await declare('q', 'x', 'y');
    await countIs('q', 2);
    const { exitCode, stderr } = await world.warren.run(['queue', 'delete', 'q', ...vhost]);
    expect(exitCode).toBe(64);
    expect(stderr).toBe(
      "error: this would delete queue 'q' in vhost 'cli-queues': 2 messages (2 ready, 0 unacked)\n" +
        'Nothing was done. Without a terminal it takes --yes.\n',
    );
    expect(await names()).toContain('q');
  });

  it('wants the name typed by a person', async () => {
    await declare('q');
    const words = ['queue', 'delete', 'q', ...vhost];
    const wrong = await world.warren.run(words, { typed: ['yes'] });
    expect(wrong.exitCode).toBe(1);
    expect(wrong.stderr).toContain('Type q to go on: ');
    expect(wrong.stderr).toContain('that is not q: nothing was done');
    expect(await names()).toContain('q');
    const right = await world.warren.run(words, { typed: ['q'] });
    expect(right.exitCode).toBe(0);
    expect(await names()).toEqual(['']);
  });

  it('of a dry run deletes nothing', async () => {
    await declare('q');
    const dry = await world.warren.json('queue', 'delete', 'q', '--dry-run', ...vhost);
    const [would_lose] = [['no messages']];
    expect(dry).toEqual({ dry_run: true, action: 'delete', name: 'q', would_lose });
    expect(await names()).toContain('q');
  });

  it('leaves one that has messages or consumers when asked to', async () => {
    await declare('full', 'x');
    const ifEmpty = ['queue', 'delete', 'full', '--if-empty', '--yes', ...vhost];
    const refused = await world.warren.run(ifEmpty);
    expect(refused.exitCode).toBe(65);
    expect(refused.stderr).toContain("queue 'full' in vhost 'cli-queues' not empty");
    const client = await consume('full');
    const ifUnused = ['queue', 'delete', 'full', '--if-unused', '--yes', ...vhost];
    const inUse = await world.warren.run(ifUnused);
    expect(inUse.exitCode).toBe(65);
    expect(inUse.stderr).toContain("queue 'full' in vhost 'cli-queues' in use");
    await client.close();
  });

  it('of several goes on after a failure and ends with 2', async () => {
    await declare('a');
    await declare('b');
    const words = ['queue', 'delete', 'a', 'none', 'b', '--yes', ...vhost];
    const { exitCode, stderr } = await world.warren.run(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("warning: there is no queue 'none' in vhost 'cli-queues'");
    expect(await names()).toEqual(['']);
    const none = ['queue', 'delete', 'none', 'neither', '--yes', ...vhost];
    expect((await world.warren.run(none)).exitCode).toBe(66);
  });
});

async function consume(queue: string): Promise<ChannelModel> {
  const client = await amqp.connect(`${world.amqpUrl}/cli-queues`);
  const channel = await client.createChannel();
  await channel.consume(queue, () => {});
  return client;
}

test('purge drops the ready messages', async () => {
  await declare('q', 'x', 'y');
  await countIs('q', 2);
  const refused = await world.warren.run(['queue', 'purge', 'q', ...vhost]);
  expect(refused.stderr).toContain('this would purge');
  expect(refused.stderr).toContain('2 ready messages');
  const purged = await world.warren.json('queue', 'purge', 'q', '--yes', ...vhost);
  expect(purged).toEqual({ name: 'q', vhost: 'cli-queues', purged: 2 });
  await countIs('q', 0);
});

test('watch prints a line per interval', async () => {
  await declare('q');
  const words = ['queue', 'watch', 'q', '--interval', '1', '--count', '2', ...vhost];
  const lines = (await world.warren.ok(...words)).split('\n');
  expect(lines[0]).toBe('time\tready\tunacked\tconsumers\tin\tout\tacked');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\t0\t0\t/);
  const json = await world.warren.ok(...words.slice(0, -4), '--count', '1', '--json', ...vhost);
  expect(JSON.parse(json)).toMatchObject({ name: 'q', messages: 0 });
});
