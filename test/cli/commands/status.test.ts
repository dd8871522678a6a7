import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.ok('user', 'add', 'cli-manager', '--new-password', 'p', '--tag', 'management');
});
afterAll(async () => {
  await world.warren.ok('user', 'delete', 'cli-manager', '--yes');
  await world.end();
});

test('the broker at a glance', async () => {
  const text = await world.warren.ok('status');
  expect(text).toMatch(/^product\t\S+ \d+\.\d+\.\d+/);
  expect(text).toMatch(/\nlisteners\t.*amqp /);
  expect(text).toMatch(/\nalarms\tnone\n/);
  expect(text).toMatch(/\nqueues\t\d+\n/);
});

test('the same as JSON, and as a check', async () => {
  const { exitCode, stdout } = await world.warren.run(['status', '--check', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ alarms: [], mem_alarm: false });
});

test('for someone who may see less', async () => {
  const { exitCode, stdout } = await world.warren.run(['status'], {
    environment: { WARREN_USER: 'cli-manager', WARREN_PASSWORD: 'p' },
  });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/\nqueues\t\d+\n/);
});
