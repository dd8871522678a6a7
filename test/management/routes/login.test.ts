import amqp from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ManagementClient } from '../../support/management/management-client.ts';
import {
  type ManagedBroker,
  startManaged,
  withManagement,
} from '../../support/management/management-client.ts';

let managed: ManagedBroker;
let api: ManagementClient;
const lines: [Readonly<Record<string, unknown>>, string][] = [];

beforeAll(async () => {
  const take = (fields: object, message: string) => {
    lines.push([fields as Readonly<Record<string, unknown>>, message]);
  };
  managed = await startManaged({ log: { debug: take, info: take, warn: take, error: take } });
  api = managed.api;
  await managed.broker.admin.putUser('plain', { password: 'p' });
});

afterAll(() => managed.broker.close());

const page = { 'x-warren-page': '1' };
const form = 'username=guest&password=guest';

async function bearer(): Promise<Readonly<Record<string, string>>> {
  const { json } = await api.post('/login', form, { login: null });
  return { authorization: `Bearer ${json.token.value}` };
}

async function cookie(): Promise<Readonly<Record<string, string>>> {
  const { headers } = await api.post('/login', form, { login: null, headers: page });
  return { cookie: (headers.get('set-cookie') ?? '').replace(/;.*/, '') };
}

const statusWith = async (headers: Readonly<Record<string, string>>) =>
  (await api.get('/whoami', { login: null, headers })).status;

describe('a session', () => {
  it('by a token, until it is ended', async () => {
    const { status, json, headers } = await api.post('/login', form, { login: null });
    expect([status, headers.get('set-cookie')]).toEqual([200, null]);
    expect(json).toEqual({
      token: { type: 'bearer', value: expect.stringMatching(/^[\w-]{43}$/) },
      user: { name: 'guest', tags: ['administrator'] },
    });
    const authorization = { authorization: `Bearer ${json.token.value}` };
    expect(await statusWith(authorization)).toBe(200);
    expect((await api.delete('/login', { login: null, headers: authorization })).status).toBe(204);
    expect(await statusWith(authorization)).toBe(401);
  });

  it('of the page is a cookie that no script and no other site can use', async () => {
    const { json, headers } = await api.post('/login', form, { login: null, headers: page });
    expect(json).toEqual({ user: { name: 'guest', tags: ['administrator'] } });
    expect(headers.get('set-cookie')).toMatch(
      /^warren_session=[\w-]{43}; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/,
    );
    const session = await cookie();
    expect(await statusWith({ ...session, ...page })).toBe(200);
    // A form or an image of another site cannot send the header.
    expect(await statusWith(session)).toBe(401);
    expect(await statusWith({ ...page, cookie: 'warren_session=x; other=y' })).toBe(401);
    await api.delete('/login', { login: null, headers: { ...session, ...page } });
    expect(await statusWith({ ...session, ...page })).toBe(401);
  });

  it('takes JSON as well as a form', async () => {
    const body = { username: 'guest', password: 'guest' };
    expect((await api.post('/login', body, { login: null })).status).toBe(200);
  });

  it.each([
    ['username=guest&password=x', 401, 'Login failed'],
    ['username=plain&password=p', 401, 'Not management user'],
    ['username=guest', 400, 'username and password are needed, as a form or as JSON'],
    ['', 400, 'username and password are needed, as a form or as JSON'],
    ['{"username":1,"password":2}', 400, 'username and password are needed, as a form or as JSON'],
    ['{"username"', 400, 'not_json'],
  ])('is refused for %s', async (body, status, reason) => {
    const answer = await api.post('/login', body, { login: null, headers: page });
    expect([answer.status, answer.json.reason]).toEqual([status, reason]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    // The browser must not ask in the page's stead.
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('ends with the password and with the user', async () => {
    const { admin } = managed.broker;
    const login = async () => {
      const { json } = await api.post('/login', 'username=tmp&password=p', { login: null });
      return { authorization: `Bearer ${json.token.value}` };
    };
    await admin.putUser('tmp', { password: 'p', tags: ['management'] });
    const first = await login();
    // Tags are those of now.
    await api.put('/users/tmp', {
      password_hash: (await api.get('/users/tmp')).json.password_hash,
      tags: 'monitoring',
    });
    const { json } = await api.get('/whoami', { login: null, headers: first });
    expect(json.tags).toEqual(['monitoring']);
    await admin.putUser('tmp', { password: 'p', tags: ['management'] });
    expect(await statusWith(first)).toBe(401);
    const second = await login();
    await admin.deleteUser('tmp');
    expect(await statusWith(second)).toBe(401);
  });

  it('is not what Basic credentials open', async () => {
    const session = await cookie();
    const headers = { ...session, ...page };
    const { json } = await api.get('/whoami', { login: 'guest:guest', headers });
    expect(json.login_session_timeout).toBe(480);
    expect(await statusWith({ ...headers, authorization: 'Bearer wrong' })).toBe(401);
  });
});

describe('attempts', () => {
  it('are counted, until they are set to zero', async () => {
    const before = (await api.get('/auth/attempts/rabbit@anywhere')).json;
    await api.get('/whoami', { login: 'guest:wrong' });
    const [http] = (await api.get('/auth/attempts/rabbit@anywhere')).json;
    expect(http).toEqual({
      protocol: 'http',
      auth_attempts: before[0].auth_attempts + 2,
      auth_attempts_failed: before[0].auth_attempts_failed + 1,
      auth_attempts_succeeded: before[0].auth_attempts_succeeded + 1,
    });
    expect((await api.delete('/auth/attempts/rabbit@anywhere')).status).toBe(204);
    const [zero] = (await api.get('/auth/attempts/rabbit@anywhere')).json;
    expect(zero.auth_attempts_failed).toBe(0);
    expect((await api.get('/auth/attempts/nope')).status).toBe(404);
    expect((await api.get('/auth/attempts/rabbit@anywhere/source')).json).toEqual([]);
  });

  it('that are wrong are slowed down, and who is right does not wait', async () => {
    await managed.broker.admin.putUser('ann', { password: 'right', tags: ['management'] });
    const login = 'ann:right';
    expect((await api.get('/whoami', { login })).status).toBe(200);
    for (let guess = 0; guess < 5; guess++) await api.get('/whoami', { login: `ann:${guess}` });
    const order: string[] = [];
    const asked = async (word: string) => {
      const { status } = await api.get('/whoami', { login: `ann:${word}` });
      order.push(`${word} ${status}`);
    };
    await Promise.all([asked('wrong'), asked('right')]);
    expect(order).toEqual(['right 200', 'wrong 401']);
  });
});

describe('the audit log', () => {
  it('has a line for each change: who, from where, what, and how it ended', async () => {
    lines.length = 0;
    await api.put('/users/eve', { password: 'secret-word', tags: '' });
    await api.delete('/vhosts/none');
    await api.get('/users/eve');
    const told = lines.filter(([, message]) => message.startsWith('management change'));
    const who = { user: 'guest', address: '127.0.0.1' };
    expect(told).toEqual([
      [
        { ...who, method: 'PUT', path: '/users/:user', parameters: { user: 'eve' }, status: 201 },
        'management change',
      ],
      [
        {
          ...who,
          method: 'DELETE',
          path: '/vhosts/:name',
          parameters: { name: 'none' },
          status: 404,
          reason: "Virtual host 'none' does not exist",
        },
        'management change refused',
      ],
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret-word');
  });

  it('names the session’s user, and never a token', async () => {
    const headers = await bearer();
    lines.length = 0;
    await api.put('/vhosts/by-session', {}, { login: null, headers });
    expect(lines).toContainEqual([expect.objectContaining({ user: 'guest' }), 'management change']);
    expect(JSON.stringify(lines)).not.toContain(headers['authorization']?.slice(7));
  });
});

it('a broker that stores passwords under scrypt lets the same people in', () =>
  withManagement(
    async ({ api: dear, broker }) => {
      expect((await dear.get('/whoami')).status).toBe(200);
      expect((await dear.get('/whoami', { login: 'guest:wrong' })).status).toBe(401);
      await dear.put('/users/ann', { password: 'p', tags: 'management' });
      await dear.post('/definitions', {
        users: [{ name: 'bob', password: 'b', tags: 'management' }],
      });
      for (const login of ['ann:p', 'bob:b']) {
        expect((await dear.get('/whoami', { login })).status).toBe(200);
      }
      const users = (await dear.get('/definitions')).json.users;
      const algorithms = users.map(({ hashing_algorithm: name }: Record<string, string>) => name);
      expect(algorithms).toEqual(Array(3).fill('warren_password_hashing_scrypt'));
      const connection = await amqp.connect(broker.url);
      await connection.close();
    },
    { config: { password_hashing_module: 'warren_password_hashing_scrypt' } },
  ));
