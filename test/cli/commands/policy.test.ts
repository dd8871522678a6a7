import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-policies'];

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.ok('vhost', 'add', 'cli-policies');
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-policies', '--yes');
  await world.end();
});

test('set, list, clear', async () => {
  const { warren } = world;
  const set = ['policy', 'set', 'bounded', '^work', '{"max-length":3}', ...vhost];
  expect(await warren.json(...set, '--priority', '2', '--apply-to', 'queues')).toEqual({
    name: 'bounded',
    created: true,
  });
  expect(await warren.ok('policy', 'list', ...vhost)).toBe(
    'vhost\tname\tpattern\tapply-to\tpriority\tdefinition\n' +
      'cli-policies\tbounded\t^work\tqueues\t2\t{"max-length":3}\n',
  );
  await warren.ok('queue', 'declare', 'work', ...vhost);
  const refused = await warren.run(['policy', 'clear', 'bounded', ...vhost]);
  expect(refused.exitCode).toBe(64);
  expect(refused.stderr).toContain('its effect on 1 queue and 0 exchanges');
  await warren.ok('policy', 'clear', 'bounded', ...vhost, '--yes');
  expect(await warren.json('policy', 'list', ...vhost)).toEqual([]);
});

test('the same for an operator', async () => {
  const { warren } = world;
  await warren.ok('policy', 'set', 'op', '.*', '{"expires":9000}', '--operator', ...vhost);
  expect(await warren.json('policy', 'list', '--operator', ...vhost)).toMatchObject([
    { name: 'op', 'apply-to': 'queues', definition: { expires: 9000 } },
  ]);
  expect(await warren.json('policy', 'list', ...vhost)).toEqual([]);
  await warren.ok('policy', 'clear', 'op', '--operator', '--yes', ...vhost);
  expect(await warren.json('policy', 'list', '--operator', ...vhost)).toEqual([]);
});

test.each([
  [['policy', 'set', 'p', '.*', '{"max-length":'], 64, 'It takes a JSON object'],
  [['policy', 'set', 'p', '.*', '{"bogus":1}'], 65, 'Validation failed'],
  [['policy', 'clear', 'none', '--yes'], 66, "there is no policy 'none' in vhost 'cli-policies'"],
])('%j ends with %i', async (words, code, message) => {
  const { exitCode, stderr } = await world.warren.run([...words, ...vhost]);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(message);
});
