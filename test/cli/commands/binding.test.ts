import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-bindings'];

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.run(['vhost', 'delete', 'cli-bindings', '--yes']);
  await world.warren.ok('vhost', 'add', 'cli-bindings');
  await world.warren.ok('queue', 'declare', 'q', ...vhost);
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-bindings', '--yes');
  await world.end();
});

const list = (...words: string[]) =>
  world.warren.ok('binding', 'list', '--no-headers', ...words, ...vhost);

test.each([
  ['a key', ['-k', 'a b/%~ü']],
  ['no key', []],
  ['arguments', ['--argument', 'x-match=all', '--argument', 'n=5', '--argument', 'l=true']],
])('with %s: add, list, delete', async (_, options) => {
  const { warren } = world;
  const pair = ['amq.headers', 'q', ...options, ...vhost];
  await warren.ok('binding', 'add', ...pair);
  expect(await list()).toMatch(/^cli-bindings\tamq\.headers\tqueue\tq\t.*\n$/);
  const refused = await warren.run(['binding', 'delete', ...pair]);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toContain("binding from 'amq.headers' to 'q' in vhost 'cli-bindings'");
  await warren.ok('binding', 'delete', ...pair, '--yes');
  expect(await list()).toBe('');
});

test('arguments in another order are the same', async () => {
  const one = ['--argument', 'a=1', '--argument', 'b=2'];
  const other = ['--argument', 'b=2', '--argument', 'a=1'];
  await world.warren.ok('binding', 'add', 'amq.headers', 'q', ...one, ...vhost);
  await world.warren.ok('binding', 'delete', 'amq.headers', 'q', ...other, '--yes', ...vhost);
  expect(await list()).toBe('');
});

test('to an exchange', async () => {
  const pair = ['amq.topic', 'amq.fanout', '-k', 'k', '--to-exchange', ...vhost];
  await world.warren.ok('binding', 'add', ...pair);
  expect(await list()).toBe('cli-bindings\tamq.topic\texchange\tamq.fanout\tk\t{}\n');
  await world.warren.ok('binding', 'delete', ...pair, '--yes');
  expect(await list()).toBe('');
});

test('those of the default exchange are shown on request', async () => {
  expect(await list('--all')).toBe('cli-bindings\t\tqueue\tq\tq\t{}\n');
  expect(await list('--source', 'amq.topic')).toBe('');
});

test('one that is not there ends with 66', async () => {
  const words = ['binding', 'delete', 'amq.topic', 'q', '-k', 'none', '--yes', ...vhost];
  const { exitCode, stderr } = await world.warren.run(words);
  expect(exitCode).toBe(66);
  expect(stderr).toContain(
    "there is no binding from 'amq.topic' to 'q' in vhost 'cli-bindings' with key 'none'",
  );
});
