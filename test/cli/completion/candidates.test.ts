import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.run(['vhost', 'delete', 'cli-complete', '--yes']);
  await world.warren.ok('vhost', 'add', 'cli-complete');
  for (const name of ['orders', 'orders.dlq', 'has space', '-dash']) {
    await world.warren.ok('queue', 'declare', '-p', 'cli-complete', '--', name);
  }
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-complete', '--yes');
  await world.end();
});

async function complete(...words: readonly string[]): Promise<string[]> {
  const text = await world.warren.ok('complete', '--', ...words);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0] ?? '');
}

describe('completes', () => {
  it.each([
    [['qu'], ['queue']],
    [
      ['queue', 'de'],
      ['declare', 'delete'],
    ],
    [['permission', 'topic', 's'], ['set']],
    [['queue', 'list', '--non'], ['--non-empty']],
    [['queue', 'list', '--js'], ['--json']],
    [
      ['queue', 'delete', '-p', 'cli-complete', 'ord'],
      ['orders', 'orders.dlq'],
    ],
    [['queue', 'delete', '-p', 'cli-complete', 'orders', 'orders.'], ['orders.dlq']],
    [['queue', 'list', '-p', 'cli-comp'], ['cli-complete']],
    [['user', 'delete', 'gue'], ['guest']],
    [['exchange', 'delete', 'amq.d'], ['amq.direct']],
    [['queue', 'info', 'orders', ''], []],
    [['nothing', 'like', 'that'], []],
  ])('%j', async (words, candidates) => {
    expect(await complete(...words)).toEqual(candidates);
  });

  it('every command but hidden ones, with what it is for', async () => {
    const text = await world.warren.ok('complete', '--', '');
    expect(text).toContain('status\tthe broker at a glance\n');
    expect(text).not.toMatch(/^complete\t/m);
  });

  it('no name that would need quotes, none that looks like an option', async () => {
    const names = await complete('queue', 'delete', '-p', 'cli-complete', '');
    expect(names).toEqual(['orders', 'orders.dlq']);
  });
});

test('a broker that cannot be reached is no error', async () => {
  const words = ['complete', '--', 'queue', 'delete', 'x'];
  const environment = { WARREN_URL: 'http://127.0.0.1:1' };
  const result = await world.warren.run(words, { environment });
  expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});
