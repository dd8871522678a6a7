import amqp from 'amqplib';
import { expect, it } from 'vitest';
import { withManagement } from '../../support/management/management-client.ts';

async function nameSeenByClients(url: string): Promise<unknown> {
  const client = await amqp.connect(url);
  const { serverProperties } = client.connection;
  await client.close();
  return (serverProperties as unknown as Record<string, unknown>)['cluster_name'];
}

it('the name of the cluster is seen everywhere from its change on', () =>
  withManagement(
    async ({ api, broker }) => {
      const names = async () => [
        (await api.get('/cluster-name/')).json.name,
        (await api.get('/overview')).json.cluster_name,
        await nameSeenByClients(broker.url),
      ];
      expect(await names()).toEqual(['first', 'first', 'first']);
      expect((await api.put('/cluster-name', { name: 'second' })).status).toBe(204);
      expect(await names()).toEqual(['second', 'second', 'second']);
      await api.put('/global-parameters/cluster_name', { value: 'third' });
      expect(await names()).toEqual(['third', 'third', 'third']);
      await api.delete('/global-parameters/cluster_name');
      expect(await names()).toEqual(['first', 'first', 'first']);
    },
    { config: { cluster_name: 'first' } },
  ));

it.each([
  [{}, '[{key_missing,name}]'],
  [{ name: 5 }, 'name should be a string, actually was 5'],
  [{ name: '' }, 'name has 1 to 255 octets'],
])('%j is no name of a cluster', (body, reason) =>
  withManagement(async ({ api }) => {
    const { status, json } = await api.put('/cluster-name', body);
    expect([status, json.reason]).toEqual([400, reason]);
  }),
);

it('features are told as they are', () =>
  withManagement(async ({ api }) => {
    const flags = (await api.get('/feature-flags')).json;
    const stateOf = (name: string) =>
      flags.find((flag: Record<string, string>) => flag['name'] === name)?.state;
    expect(stateOf('quorum_queue')).toBe('enabled');
    expect(stateOf('user_limits')).toBe('enabled');
    expect((await api.put('/feature-flags/quorum_queue/enable')).status).toBe(204);
    const { json } = await api.put('/feature-flags/zz/enable');
    expect(json.reason).toBe('unsupported');
  }));
