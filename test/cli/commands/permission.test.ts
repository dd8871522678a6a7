import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.ok('user', 'add', 'cli-app', '--new-password', 'p');
});
afterAll(async () => {
  await world.warren.ok('user', 'delete', 'cli-app', '--yes');
  await world.end();
});

test('set, list, clear', async () => {
  const { warren } = world;
  await warren.ok('permission', 'set', 'cli-app', '^a', '', '.*');
  const list = ['permission', 'list', '--of-user', 'cli-app'];
  expect(await warren.ok(...list)).toBe(
    'user\tvhost\tconfigure\twrite\tread\ncli-app\t/\t^a\t\t.*\n',
  );
  expect(await warren.json(...list, '-p', '/')).toEqual([
    { user: 'cli-app', vhost: '/', configure: '^a', write: '', read: '.*' },
  ]);
  const refused = await warren.run(['permission', 'clear', 'cli-app']);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toContain("access to the vhost ('^a' '' '.*')");
  await warren.ok('permission', 'clear', 'cli-app', '--yes');
  expect(await warren.json(...list)).toEqual([]);
});

test('the same for topics', async () => {
  const { warren } = world;
  await warren.ok('permission', 'topic', 'set', 'cli-app', 'amq.topic', '^w', '^r');
  const list = ['permission', 'topic', 'list', '--of-user', 'cli-app'];
  expect(await warren.ok(...list, '--no-headers')).toBe('cli-app\t/\tamq.topic\t^w\t^r\n');
  const dry = await warren.run(['permission', 'topic', 'clear', 'cli-app', '--dry-run']);
  expect(dry.stderr).toContain('with it every routing key of any exchange is allowed');
  await warren.ok('permission', 'topic', 'clear', 'cli-app', 'amq.topic', '--yes');
  expect(await warren.json(...list)).toEqual([]);
});

test('what the API refuses is said', async () => {
  const { exitCode, stderr } = await world.warren.run([
    ...['permission', 'set', 'cli-nobody', '', '', ''],
  ]);
  expect(exitCode).toBe(65);
  expect(stderr).toContain('vhost_or_user_not_found');
});
