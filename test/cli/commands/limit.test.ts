import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.ok('vhost', 'add', 'cli-limits');
  await world.warren.ok('user', 'add', 'cli-limited', '--new-password', 'p');
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-limits', '--yes');
  await world.warren.ok('user', 'delete', 'cli-limited', '--yes');
  await world.end();
});

async function limits(): Promise<unknown[]> {
  const rows: { name: string }[] = await world.warren.json('limit', 'list');
  return rows.filter(({ name }) => name.startsWith('cli-limit'));
}

test('of vhosts and users: set, list, clear', async () => {
  const { warren } = world;
  await warren.ok('limit', 'set', 'max-queues', '5', '-p', 'cli-limits');
  await warren.ok('limit', 'set', 'max-channels', '7', '--of-user', 'cli-limited');
  expect(await limits()).toEqual([
    { of: 'vhost', name: 'cli-limits', limit: 'max-queues', value: 5 },
    { of: 'user', name: 'cli-limited', limit: 'max-channels', value: 7 },
  ]);
  const refused = await warren.run(['limit', 'clear', 'max-queues', '-p', 'cli-limits']);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toContain("clear limit max-queues of vhost 'cli-limits'");
  await warren.ok('limit', 'clear', 'max-queues', '-p', 'cli-limits', '--yes');
  await warren.ok('limit', 'clear', 'max-channels', '--of-user', 'cli-limited', '--yes');
  expect(await limits()).toEqual([]);
});

test('a value that is no number is refused before anyone is asked', async () => {
  const { exitCode, stderr } = await world.warren.run(['limit', 'set', 'max-queues', 'many']);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('It takes a whole number, at least -1.');
});
