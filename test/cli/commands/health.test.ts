import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
});
afterAll(() => world.end());

test('ends with 0 when all is well', async () => {
  const { port } = new URL(world.amqpUrl);
  expect(await world.warren.ok('health', '--port', port, '--protocol', 'amqp')).toBe(
    `check\tstatus\treason\nalarms\tok\t\nvirtual hosts\tok\t\nport ${port}\tok\t\nprotocol amqp\tok\t\n`,
  );
});

test('ends with 69 and the reason when a check fails', async () => {
  const { exitCode, stdout } = await world.warren.run(['health', '--port', '1', '--json']);
  expect(exitCode).toBe(69);
  expect(JSON.parse(stdout).at(-1)).toMatchObject({
    check: 'port 1',
    status: 'failed',
    reason: 'No active listener',
  });
});

test('ends with 69 when nobody answers', async () => {
  const { exitCode } = await world.warren.run(['health', '--url', 'http://127.0.0.1:1']);
  expect(exitCode).toBe(69);
});
