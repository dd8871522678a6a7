import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
});
afterAll(() => world.end());

test('add, list, delete', async () => {
  const { warren } = world;
  const add = ['vhost', 'add', 'cli-shop', '--description', 'a shop', '--tag', 'one'];
  expect(await warren.json(...add)).toEqual({ name: 'cli-shop', created: true });
  // Again changes nothing, not even the description that the API would reset.
  const again = await warren.run(['vhost', 'add', 'cli-shop']);
  expect(again).toMatchObject({ exitCode: 0, stdout: '' });
  expect(again.stderr).toContain('is there already; nothing was changed');
  const rows = await warren.json('vhost', 'list');
  expect(rows.find((row: { name: string }) => row.name === 'cli-shop')).toMatchObject({
    description: 'a shop',
    tags: ['one'],
  });
  await warren.ok('queue', 'declare', 'q', '-p', 'cli-shop');
  await warren.ok('queue', 'publish', 'q', 'x', '-p', 'cli-shop');
  const refused = await warren.run(['vhost', 'delete', 'cli-shop']);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toMatch(
    /^error: this would delete vhost 'cli-shop': 1 queue, \d messages?, its exchanges, bindings,/,
  );
  await warren.ok('vhost', 'delete', 'cli-shop', '--yes');
  expect(await warren.ok('vhost', 'list', '-q')).not.toContain('cli-shop');
});

test('one that is not there ends with 66', async () => {
  const { exitCode, stderr } = await world.warren.run(['vhost', 'delete', 'cli-none', '--yes']);
  expect(exitCode).toBe(66);
  expect(stderr).toBe(
    "error: there is no vhost 'cli-none'\n`warren vhost list` shows those that exist.\n",
  );
});
