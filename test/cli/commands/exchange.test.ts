import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandWorld, startCommandWorld } from '../../support/cli/command-runner.ts';

let world: CommandWorld;
const vhost = ['-p', 'cli-exchanges'];

beforeAll(async () => {
  world = await startCommandWorld();
  await world.warren.run(['vhost', 'delete', 'cli-exchanges', '--yes']);
  await world.warren.ok('vhost', 'add', 'cli-exchanges');
  await world.warren.ok('queue', 'declare', 'q', ...vhost);
});
afterAll(async () => {
  await world.warren.ok('vhost', 'delete', 'cli-exchanges', '--yes');
  await world.end();
});

test('declare, bind, publish, delete', async () => {
  const { warren } = world;
  const declare = ['exchange', 'declare', 'x', '--type', 'topic', '--alternate-exchange', 'alt'];
  expect(await warren.json(...declare, ...vhost)).toMatchObject({ name: 'x', created: true });
  await warren.ok('binding', 'add', 'x', 'q', '-k', 'a.*', ...vhost);
  const info = await warren.json('exchange', 'info', 'x', ...vhost);
  expect(info).toMatchObject({
    type: 'topic',
    durable: true,
    arguments: { 'alternate-exchange': 'alt' },
    bindings: [{ destination: 'q', routing_key: 'a.*' }],
  });
  expect(await warren.ok('exchange', 'info', 'x', ...vhost)).toContain(
    '\n1 binding\ntype\tdestination\tkey\targuments\nqueue\tq\ta.*\t{}\n',
  );
  const publish = ['exchange', 'publish', 'x', 'hello', ...vhost];
  expect(await warren.json(...publish, '-k', 'a.b')).toEqual({ published: 1, routed: 1 });
  const lost = await warren.run([...publish, '-k', 'nowhere']);
  expect(lost.exitCode).toBe(0);
  expect(lost.stderr).toContain('warning: 1 message reached no queue');
  const used = ['exchange', 'delete', 'x', '--if-unused', '--yes', ...vhost];
  const refused = await warren.run(used);
  expect(refused.exitCode).toBe(65);
  expect(refused.stderr).toContain("exchange 'x' in vhost 'cli-exchanges' in use");
  const asked = await warren.run(['exchange', 'delete', 'x', ...vhost]);
  expect(asked.exitCode).toBe(64);
  expect(asked.stderr).toContain("delete exchange 'x' in vhost 'cli-exchanges': 1 binding");
  await warren.ok('exchange', 'delete', 'x', '--yes', ...vhost);
  expect((await warren.run(['exchange', 'info', 'x', ...vhost])).exitCode).toBe(66);
});

test('list has those that are always there', async () => {
  const list = await world.warren.ok('exchange', 'list', '-q', '--match', '^amq\\.', ...vhost);
  expect(list.split('\n')).toContain('amq.direct');
  const columns = ['--columns', 'name,type', '--no-headers', '--match', '^amq.fanout$'];
  expect(await world.warren.ok('exchange', 'list', ...columns, ...vhost)).toBe(
    'amq.fanout\tfanout\n',
  );
});

test('the exchange without a name can be published to', async () => {
  const publish = ['exchange', 'publish', '', 'x', '-k', 'q', ...vhost];
  expect(await world.warren.json(...publish)).toEqual({ published: 1, routed: 1 });
});

test('an exchange of the broker cannot be deleted', async () => {
  const words = ['exchange', 'delete', 'amq.direct', '--yes', ...vhost];
  expect((await world.warren.run(words)).exitCode).toBe(77);
});
