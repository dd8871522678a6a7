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
