import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ManagedBroker,
  type ManagementClient,
  startManaged,
  withManagement,
} from '../../support/management/management-client.ts';

let managed: ManagedBroker;
let api: ManagementClient;
let node: string;

beforeAll(async () => {
  managed = await startManaged();
  api = managed.api;
  node = (await api.get('/overview')).json.node;
});

afterAll(() => managed.broker.close());

async function health(path: string) {
  const { status, json } = await api.get(path);
  return [status, json];
}

const checks = (path: string) => health(`/health/checks/${path}`);

describe('a broker that is well', () => {
  const ok = [200, { status: 'ok' }];
  const single = [200, { status: 'ok', reason: 'single node cluster' }];

  it.each([
    ['alarms', ok],
    ['local-alarms', ok],
    ['virtual-hosts', ok],
    ['certificate-expiration/1/months', ok],
    ['certificate-expiration/2/day', ok],
    ['node-is-mirror-sync-critical', single],
    ['node-is-quorum-critical', single],
    ['is-in-service', ok],
    ['below-node-connection-limit', ok],
    ['ready-to-serve-clients', ok],
    ['metadata-store/initialized', ok],
    ['metadata-store/initialized/with-data', ok],
    ['protocol-listener/amqp', [200, { status: 'ok', protocol: 'amqp' }]],
    ['protocol-listener/amqp091', [200, { status: 'ok', protocol: 'amqp091' }]],
    ['protocol-listener/http,mqtt', [200, { status: 'ok', protocols: ['http'] }]],
  ])('%s', async (path, expected) => {
    expect(await checks(path)).toEqual(expected);
  });

  it('by the older check', async () => {
    expect(await health('/healthchecks/node')).toEqual(ok);
    expect(await health(`/healthchecks/node/${encodeURIComponent(node)}`)).toEqual(ok);
    expect(await health('/healthchecks/node/rabbit%40other')).toEqual(ok);
    expect((await health('/healthchecks/node/nope'))[0]).toBe(404);
  });

  it('listens where it says', async () => {
    const ports = [managed.broker.port, Number(new URL(api.url).port)];
    for (const port of ports) {
      expect(await checks(`port-listener/${port}`)).toEqual([200, { status: 'ok', port }]);
    }
    const missing = { status: 'failed', reason: 'No active listener', missing: 1, ports };
    expect(await checks('port-listener/1')).toEqual([503, missing]);
    expect(await checks('protocol-listener/mqtt')).toEqual([
      503,
      {
        status: 'failed',
        reason: 'No active listener',
        missing: 'mqtt',
        protocols: ['amqp', 'http'],
      },
    ]);
    expect((await checks('protocol-listener/mqtt,stomp'))[1].missing).toEqual(['mqtt', 'stomp']);
  });

  it.each([
    [
      'certificate-expiration/1/foo',
      'Time unit not recognised. Supported units: days, weeks, months, years.',
    ],
    ['certificate-expiration/x/days', 'Invalid expiration value.'],
    ['port-listener/abc', 'Invalid port'],
  ])('%s is no question', async (path, reason) => {
    expect(await checks(path)).toEqual([400, { error: 'bad_request', reason }]);
  });
});

it('a broker in need says so', () =>
  withManagement(
    async ({ api: needy }) => {
      const { node: name } = (await needy.get('/overview')).json;
      const alarms = [{ node: name, resource: 'memory' }];
      const reason = 'There are alarms in effect';
      const answer = async (path: string) => {
        const { status, json } = await needy.get(path);
        return [status, json];
      };
      expect(await answer('/health/checks/alarms')).toEqual([
        503,
        { status: 'failed', reason: `${reason} in the cluster`, alarms },
      ]);
      expect(await answer('/health/checks/local-alarms')).toEqual([
        503,
        { status: 'failed', reason: `${reason} on the node`, alarms },
      ]);
      expect(await answer('/healthchecks/node')).toEqual([
        503,
        {
          status: 'failed',
          reason: `resource alarm(s) in effect:[{resource_limit,memory,${name}}]`,
        },
      ]);
      // RabbitMQ's publish inside of it is not held up by an alarm either.
      expect(await answer('/aliveness-test/%2F')).toEqual([200, { status: 'ok' }]);
    },
    { config: { 'vm_memory_high_watermark.absolute': 0 } },
  ));

describe('the aliveness test', () => {
  it('leaves no queue behind, also when many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => health('/aliveness-test/%2F')),
    );
    expect(answers).toEqual(Array(10).fill([200, { status: 'ok' }]));
    expect((await api.get('/queues')).json).toEqual([]);
  });

  it('needs the permissions that its steps need', async () => {
    const { admin } = managed.broker;
    await admin.putUser('ro', { password: 'p', tags: ['management'] });
    await admin.setPermission('ro', '/', { configure: '', write: '', read: '.*' });
    const { status, json } = await api.get('/aliveness-test/%2F', { login: 'ro:p' });
    expect([status, json.reason]).toEqual([401, 'Access refused.']);
    expect((await api.get('/aliveness-test/nope')).status).toBe(404);
  });
});

it('has a process where nobody is connected', async () => {
  const idle = await startManaged();
  const { json } = await idle.api.get('/nodes');
  await idle.broker.close();
  expect(json[0]).toMatchObject({ sockets_used: 0, proc_used: 1 });
});
