import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-messages'];

beforeAll(async () => {
  world = await startCommandWorld();
});
beforeEach(async () => {
  await world.warren.run(['vhost', 'delete', 'cli-messages', '--yes']);
  await world.warren.ok('vhost', 'add', 'cli-messages');
  await world.warren.ok('queue', 'declare', 'q', ...vhost);
});
afterAll(async () => {
  await world.warren.run(['vhost', 'delete', 'cli-messages', '--yes']);
  await world.end();
});

const publish = (...words: string[]) =>
  world.warren.ok('queue', 'publish', 'q', ...words, ...vhost);
const payloads = (messages: { payload: string }[]) => messages.map(({ payload }) => payload);

describe('publish', () => {
  it('takes properties and headers with their types', async () => {
    const headers = ['--header', 'n=1', '--header', 's="1"', '--header', 't={"a":[true]}'];
    await publish('hello', ...headers, '--property', 'content_type=text/plain', '--persistent');
    const [message] = await world.warren.json('queue', 'get', 'q', '--ack', ...vhost);
    expect(message).toMatchObject({
      payload: 'hello',
      routing_key: 'q',
      properties: {
        content_type: 'text/plain',
        delivery_mode: 2,
        headers: { n: 1, s: '1', t: { a: [true] } },
      },
    });
  });

  it('takes the payload from a file or standard input, byte by byte', async () => {
    const file = join(world.warren.home, 'payload');
    writeFileSync(file, Buffer.from([0, 0xff, 0x80]));
    await publish('--file', file);
    const piped = ['queue', 'publish', 'q', ...vhost];
    expect((await world.warren.run(piped, { input: 'from a pipe\n' })).exitCode).toBe(0);
    const messages = await world.warren.json('queue', 'get', 'q', '-n', '2', '--ack', ...vhost);
    expect(messages).toMatchObject([
      { payload: 'AP+A', payload_encoding: 'base64', payload_bytes: 3 },
      { payload: 'from a pipe\n', payload_encoding: 'string' },
    ]);
  });

  it('counts what it was asked to repeat', async () => {
    const words = ['queue', 'publish', 'q', 'x', '--count', '3', ...vhost];
    expect(await world.warren.json(...words)).toEqual({ published: 3, routed: 3 });
  });

  it('to a queue that is not there ends with 66', async () => {
    const { exitCode, stderr } = await world.warren.run(['queue', 'publish', 'no', 'x', ...vhost]);
    expect(exitCode).toBe(66);
    expect(stderr).toContain("there is no queue 'no' in vhost 'cli-messages'");
  });

  it.each([
    [['x', '--file', 'f'], 'either a payload or --file, not both'],
    [['--file', '/nowhere'], '/nowhere cannot be read (ENOENT)'],
    [['x', '--header', 'novalue'], 'It takes key=value.'],
  ])('%j is wrong usage', async (words, message) => {
    const { exitCode, stderr } = await world.warren.run(['queue', 'publish', 'q', ...words]);
    expect(exitCode).toBe(64);
    expect(stderr).toContain(message);
  });
});

describe('get', () => {
  it('wants to know what becomes of the messages', async () => {
    const none = await world.warren.run(['queue', 'get', 'q', ...vhost]);
    expect(none.exitCode).toBe(64);
    expect(none.stderr).toContain('Give --ack, --requeue or --reject');
    const two = await world.warren.run(['queue', 'get', 'q', '--ack', '--reject', ...vhost]);
    expect(two.exitCode).toBe(64);
  });

  it('puts back, takes, or rejects', async () => {
    await publish('one');
    const get = (...words: string[]) => world.warren.json('queue', 'get', 'q', ...words, ...vhost);
    expect(payloads(await get('--requeue'))).toEqual(['one']);
    expect(await get('--ack')).toMatchObject([{ payload: 'one', redelivered: true }]);
    expect(await get('--ack')).toEqual([]);
    await publish('two');
    expect(payloads(await get('--reject'))).toEqual(['two']);
    expect(await get('--ack')).toEqual([]);
  });

  it('prints a message for people, and its payload alone for programs', async () => {
    await publish('{"a":1}\n\x1b[31m', '--header', 'k=v');
    const shown = await world.warren.ok('queue', 'get', 'q', '--requeue', ...vhost);
    expect(shown).toBe(
      '── from (default exchange)  key q  13 B\nheaders: {"k":"v"}\n{"a":1}\n\\x1b[31m\n',
    );
    const raw = await world.warren.ok('queue', 'get', 'q', '--ack', '--raw', ...vhost);
    expect(raw).toBe('{"a":1}\n\x1b[31m');
    const empty = await world.warren.run(['queue', 'get', 'q', '--ack', ...vhost]);
    expect(empty).toEqual({ exitCode: 0, stdout: '', stderr: 'No messages.\n' });
  });
});

const ready = async (name: string): Promise<number> => {
  const view = await world.warren.json('queue', 'info', name, ...vhost);
  return view.messages_ready;
};

describe('peek', () => {
  it('shows messages and changes nothing', async () => {
    await publish('one', '--header', 'k=v');
    await publish('two');
    const peek = ['queue', 'peek', 'q', ...vhost];
    const shown = await world.warren.ok(...peek);
    expect(shown).toMatch(
      /^── #0 {2}from \(default exchange\) {2}key q {2}3 B {2}[\d.]+s old\nheaders: {"k":"v"}\none\n── #1 /,
    );
    expect(shown).not.toContain('redelivered');
    expect(await world.warren.ok(...peek)).not.toContain('redelivered');
    const [message] = await world.warren.json('queue', 'get', 'q', '--ack', ...vhost);
    expect(message).toMatchObject({ payload: 'one', redelivered: false });
  });

  it('takes a part, by place, state and content', async () => {
    for (const payload of ['aa', 'ab', 'bb']) await publish(payload);
    const peek = (...words: string[]) =>
      world.warren.json('queue', 'peek', 'q', ...words, ...vhost);
    expect(payloads(await peek('-n', '1', '--offset', '1'))).toEqual(['ab']);
    expect(payloads(await peek('--filter', 'b'))).toEqual(['ab', 'bb']);
    expect(await peek('--unacked')).toEqual([]);
    const part = await world.warren.run(['queue', 'peek', 'q', '-n', '2', '--raw', ...vhost]);
    expect(part).toEqual({
      exitCode: 0,
      stdout: 'aaab',
      stderr: 'There are more: --offset 2 goes on.\n',
    });
  });

  it('of a queue that is not there ends with 66', async () => {
    const { exitCode } = await world.warren.run(['queue', 'peek', 'none', ...vhost]);
    expect(exitCode).toBe(66);
  });
});

describe('move', () => {
  it('needs --yes or the name, and says how many go where', async () => {
    await world.warren.ok('queue', 'declare', 'to', ...vhost);
    await publish('x', '--count', '3');
    const move = ['queue', 'move', 'q', 'to', ...vhost];
    const refused = await world.warren.run(move);
    expect(refused.exitCode).toBe(64);
    expect(refused.stderr).toContain(
      "would move from queue 'q' in vhost 'cli-messages': 3 messages to queue 'to'",
    );
    expect(await ready('q')).toBe(3);
    const typed = await world.warren.run(move, { typed: ['q'] });
    expect(typed.exitCode).toBe(0);
    expect(typed.stderr).toContain("Moved 3 messages to queue 'to' in vhost 'cli-messages'\n");
    expect([await ready('q'), await ready('to')]).toEqual([0, 3]);
  });

  it('moves a part in order, and into another vhost', async () => {
    await world.warren.ok('vhost', 'add', 'cli-other');
    await world.warren.ok('queue', 'declare', 'to', '-p', 'cli-other');
    for (const payload of ['1', '2', '3']) await publish(payload);
    const move = ['queue', 'move', 'q', 'to', '--to-vhost', 'cli-other', '--limit', '2', '--yes'];
    expect(await world.warren.json(...move, ...vhost)).toMatchObject({
      state: 'finished',
      moved: 2,
    });
    const got = await world.warren.json('queue', 'peek', 'to', '-p', 'cli-other');
    expect(payloads(got)).toEqual(['1', '2']);
    expect(await ready('q')).toBe(1);
    await world.warren.ok('vhost', 'delete', 'cli-other', '--yes');
  });

  it.each([
    [['q', 'none'], 66, "there is no queue 'none'"],
    [['none', 'q'], 66, "there is no queue 'none'"],
    [['q', 'q'], 65, 'source and destination are one queue'],
  ])('%j ends with %i', async (words, code, message) => {
    const result = await world.warren.run(['queue', 'move', ...words, '--yes', ...vhost]);
    expect(result.exitCode).toBe(code);
    expect(result.stderr).toContain(message);
  });
});

describe('redrive', () => {
  it('sends dead letters back to where they died, and leaves the others', async () => {
    const { warren } = world;
    const dead = ['--dead-letter-exchange', '', '--dead-letter-routing-key', 'dlq'];
    await warren.ok('queue', 'declare', 'dlq', ...vhost);
    await warren.ok('queue', 'declare', 'work', ...dead, ...vhost);
    await warren.ok('queue', 'publish', 'work', 'died', '--count', '3', ...vhost);
    await warren.ok('queue', 'get', 'work', '-n', '3', '--reject', ...vhost);
    await warren.ok('queue', 'publish', 'dlq', 'never died', ...vhost);
    const dry = await warren.run(['queue', 'redrive', 'dlq', '--dry-run', ...vhost]);
    expect(dry.stderr).toContain('4 messages to the queues where they died first');
    const { exitCode, stderr } = await warren.run(['queue', 'redrive', 'dlq', '--yes', ...vhost]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('Redrove 3 messages; 1 message stayed: no way back\n');
    expect([await ready('work'), await ready('dlq')]).toEqual([3, 1]);
  });
});
