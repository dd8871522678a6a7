import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-routes'];

beforeAll(async () => {
  world = await startCommandWorld();
  const { warren } = world;
  await warren.ok('vhost', 'add', 'cli-routes');
  for (const name of ['one', 'two']) await warren.ok('queue', 'declare', name, ...vhost);
  await warren.ok('binding', 'add', 'amq.topic', 'one', '-k', 'a.*', ...vhost);
  await warren.ok('binding', 'add', 'amq.topic', 'two', '-k', '#', ...vhost);
  const all = ['--argument', 'x-match=all', '--argument', 'n=5'];
  await warren.ok('binding', 'add', 'amq.headers', 'one', ...all, ...vhost);
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-routes', '--yes');
  await world.end();
});

const routed = async (...words: string[]) =>
  (await world.warren.ok('route', 'test', ...words, '-q', ...vhost)).trim().split('\n').sort();

test('the queues that a key, or headers, would reach', async () => {
  expect(await routed('amq.topic', 'a.b')).toEqual(['one', 'two']);
  expect(await routed('amq.topic', 'b')).toEqual(['two']);
  expect(await routed('', 'one')).toEqual(['one']);
  expect(await routed('amq.headers', '--header', 'n=5')).toEqual(['one']);
  // The types count.
  expect(await routed('amq.headers', '--header', 'n="5"')).toEqual(['']);
});

test('nothing was published by it', async () => {
  const [row] = await world.warren.json('queue', 'list', ...vhost);
  expect(row.messages).toBe(0);
});

test('no queue at all is said, and is no error', async () => {
  const words = ['route', 'test', 'amq.direct', 'none', ...vhost];
  const result = await world.warren.run(words);
  expect(result).toEqual({
    exitCode: 0,
    stdout: 'queue\tvhost\n',
    stderr: 'No queue would get it.\n',
  });
  const json = await world.warren.json(...words);
  expect(json).toMatchObject({ routed: false, queues: [] });
});

test('an exchange that is not there ends with 66', async () => {
  const { exitCode, stderr } = await world.warren.run(['route', 'test', 'none', 'k', ...vhost]);
  expect(exitCode).toBe(66);
  expect(stderr).toContain("exchange 'none' in vhost 'cli-routes'");
});
