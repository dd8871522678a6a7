import { expect, test } from 'vitest';
import { CoreWorld } from '../../support/core/core-world.ts';

async function replyText(client: { take(): unknown }): Promise<string> {
  return JSON.stringify(client.take());
}

async function refusal(world: CoreWorld): Promise<string> {
  const client = world.connect();
  client.startConnection({});
  await world.run();
  return replyText(client);
}

test('a vhost takes as many connections as its limit; negative is none', async () => {
  const world = new CoreWorld();
  await world.open();
  world.broker.vhosts.setLimit('/', 'max-connections', 1);
  expect(await refusal(world)).toContain(
    "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (1) is reached",
  );
  world.broker.vhosts.setLimit('/', 'max-connections', -1);
  await world.open();
});

test('a user has as many connections as its limit', async () => {
  const world = new CoreWorld();
  await world.open();
  world.access.limits.set('max-connections', 1);
  expect(await refusal(world)).toContain(
    "NOT_ALLOWED - connection refused for user 'guest': user connection limit (1) is reached",
  );
});

test('a user has as many channels as its limit', async () => {
  const world = new CoreWorld();
  world.access.limits.set('max-channels', 1);
  await world.open();
  const client = world.connect();
  client.startConnection({});
  client.method('channel.open');
  await world.run();
  expect(await replyText(client)).toContain(
    "number of channels opened for user 'guest' has reached the maximum allowed user limit of (1)",
  );
});
