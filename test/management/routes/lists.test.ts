// What all lists share, over HTTP: pages, columns, order, the header x-vhost, errors.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ManagedBroker,
  type ManagementClient,
  startManaged,
} from '../../support/management/management-client.ts';

let managed: ManagedBroker;
let api: ManagementClient;

beforeAll(async () => {
  managed = await startManaged();
  api = managed.api;
  await managed.broker.admin.putUser('manager', { password: 'p', tags: ['management'] });
  for (const vhost of ['a', 'b', 'hidden']) await api.put(`/vhosts/${vhost}`);
  const nothing = { configure: '', write: '', read: '' };
  await managed.broker.admin.setPermission('manager', 'a', nothing);
  await managed.broker.admin.setPermission('manager', 'b', nothing);
  for (const place of ['a/q1', 'a/Q2', 'b/q1', 'hidden/q1']) {
    await api.put(`/queues/${place}`, { arguments: { 'x-max-length': 5 } });
    await api.put(`/policies/${place}`, { pattern: '^q', definition: { 'max-length': 1 } });
  }
});

afterAll(() => managed.broker.close());

async function places(path: string, options = {}): Promise<string[]> {
  const { json } = await api.get(path, options);
  const items: { vhost: string; name: string }[] = json.items ?? json;
  return items.map(({ vhost, name }) => `${vhost}/${name}`);
}

describe.each(['/queues', '/policies'])('%s', (path) => {
  it('comes by vhost and name, in the order of bytes', async () => {
    const order = ['a/Q2', 'a/q1', 'b/q1', 'hidden/q1'];
    expect(await places(path)).toEqual(order);
    expect(await places(`${path}/`)).toEqual(order);
    expect(await places(`${path}?sort_reverse=true`)).toEqual(order.toReversed());
    expect(await places(`${path}?sort=name`)).toEqual(['a/Q2', 'a/q1', 'b/q1', 'hidden/q1']);
  });

  it('shows what the user may use', async () => {
    expect(await places(path, { login: 'manager:p' })).toEqual(['a/Q2', 'a/q1', 'b/q1']);
  });

  it('is of one vhost by its path or by x-vhost', async () => {
    expect(await places(`${path}/a`)).toEqual(['a/Q2', 'a/q1']);
    expect(await places(path, { headers: { 'x-vhost': 'b' } })).toEqual(['b/q1']);
    expect((await api.get(path, { headers: { 'x-vhost': 'none' } })).status).toBe(404);
    const options = { login: 'manager:p', headers: { 'x-vhost': 'hidden' } };
    const { status, json } = await api.get(path, options);
    expect([status, json.reason]).toEqual([401, 'User not authorised to access virtual host']);
  });

  it('comes in pages', async () => {
    const { json } = await api.get(`${path}?page=2&page_size=2&columns=name,vhost&name=q`);
    expect(json).toEqual({
      filtered_count: 4,
      item_count: 2,
      items: [
        { name: 'q1', vhost: 'b' },
        { name: 'q1', vhost: 'hidden' },
      ],
      page: 2,
      page_count: 2,
      page_size: 2,
      total_count: 4,
    });
    const literally = await api.get(`${path}?page=1&pagination=false&use_regex=true&name=^q.*1$`);
    expect(literally.json.filtered_count).toBe(3);
  });

  it.each([
    ['page=0', 'invalid_pagination_parameters', /^Invalid pagination parameters: page number 0, /],
    ['page=9', 'page_out_of_range', /^Page out of range, page: 9 page size: 100, len: 4$/],
    ['page=x', 'bad_request', /^Pagination parameters are invalid$/],
    ['page=1&use_regex=true&name=%28', 'bad_request', /^Pagination parameters are invalid$/],
  ])('not with %s', async (query, error, reason) => {
    const { status, json } = await api.get(`${path}?${query}`);
    expect([status, json]).toEqual([400, { error, reason: expect.stringMatching(reason) }]);
  });
});

it('the cheap fields of a queue are those of its whole view', async () => {
  const fields =
    'name,vhost,node,type,state,durable,auto_delete,exclusive,arguments,messages,messages_ready,messages_unacknowledged';
  const cheap = (await api.get(`/queues?columns=${fields}`)).json;
  const whole = (await api.get('/queues')).json;
  expect(Object.keys(cheap[0])).toHaveLength(fields.split(',').length);
  for (const [at, queue] of cheap.entries()) expect(whole[at]).toMatchObject(queue);
});

it('a plus in a path is a plus, and a space where only that is a name', async () => {
  await api.put('/vhosts/one%20two');
  await api.put('/queues/one%20two/a%20b', { durable: true });
  expect((await api.get('/queues/one+two/a+b')).json.name).toBe('a b');
  await api.put('/vhosts/one+two');
  expect((await api.get('/queues/one+two')).json).toEqual([]);
});

it('the vhost of the first start says what it is', async () => {
  const { json } = await api.get('/vhosts/%2F?columns=description,tags,protected_from_deletion');
  expect(json).toEqual({
    description: 'Default virtual host',
    tags: [],
    protected_from_deletion: false,
  });
});

it('an object has columns, too', async () => {
  expect((await api.get('/vhosts/a?columns=name,metadata.tags,nope')).json).toEqual({
    name: 'a',
    metadata: { tags: [] },
  });
});

it.each(['/shovels', '/federation-links'])(
  '%s is there for who monitors, and empty',
  async (path) => {
    expect(await api.get(path)).toMatchObject({ status: 200, json: [] });
    expect(await api.get(`${path}/a`)).toMatchObject({ status: 200, json: [] });
    expect((await api.get(`${path}/none`)).status).toBe(404);
    expect((await api.get(path, { login: 'manager:p' })).status).toBe(401);
  },
);

it.each(['connections', 'consumers', 'publishers'])(
  'no %s of streams are there, for whoever may see them',
  async (kind) => {
    const login = 'manager:p';
    expect(await api.get(`/stream/${kind}`, { login })).toMatchObject({ status: 200, json: [] });
    expect(await api.get(`/stream/${kind}/a`, { login })).toMatchObject({ status: 200, json: [] });
    expect((await api.get(`/stream/${kind}/hidden`, { login })).status).toBe(401);
    expect((await api.get(`/stream/${kind}/none`)).status).toBe(404);
  },
);
