// What every route has in common, as a client sees it.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import {
  basic,
  type ManagedBroker,
  type ManagementClient,
  startManaged,
  withManagement,
} from '../support/management/management-client.ts';

let managed: ManagedBroker;
let api: ManagementClient;

beforeAll(async () => {
  managed = await startManaged({
    config: {
      'management.cors.allow_origins.1': 'http://example.org',
      'management.http.max_body_size': 1_000,
    },
  });
  api = managed.api;
  const { admin } = managed.broker;
  await admin.putUser('plain', { password: 'p' });
  await admin.putUser('manager', { password: 'p', tags: ['management'] });
  await admin.putUser('watcher', { password: 'p', tags: ['monitoring'] });
  await admin.createVhost('shop');
  await admin.setPermission('manager', 'shop', { configure: '', write: '', read: '' });
});

afterAll(() => managed.broker.close());

/** What comes back for these bytes, up to the end of the connection. */
function rawAnswer(request: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

function rawGet(target: string, headers = ''): Promise<string> {
  return rawAnswer(
    `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${basic('guest:guest')}\r\n${headers}\r\n`,
  );
}

describe('logins', () => {
  const failed = { error: 'not_authorized', reason: 'Login failed' };

  it('without credentials', async () => {
    const { status, headers, text } = await api.get('/whoami', { login: null });
    expect([status, text]).toEqual([401, '']);
    expect(headers.get('www-authenticate')).toBe('Basic realm="RabbitMQ Management"');
  });

  it.each(['guest:wrong', 'nobody:guest', 'guest:', ':', 'guest:guest '])('%s', async (login) => {
    const { status, headers, json } = await api.get('/whoami', { login });
    expect([status, json]).toEqual([401, failed]);
    expect(headers.get('www-authenticate')).toBe('Basic realm="RabbitMQ Management"');
  });

  it.each(['Digest abc', 'Basic', 'Basic %%', 'Basic bm9jb2xvbg=='])(
    'a header that holds none: %s',
    async (authorization) => {
      const options = { login: null, headers: { authorization } };
      expect(await api.get('/whoami', options)).toMatchObject({ status: 401, text: '' });
    },
  );

  it('without a tag of management', async () => {
    const { status, headers, json } = await api.get('/whoami', { login: 'plain:p' });
    expect([status, json]).toEqual([
      401,
      { error: 'not_authorised', reason: 'Not management user' },
    ]);
    expect(headers.get('www-authenticate')).toBeNull();
  });

  it('with a colon in the password', async () => {
    await managed.broker.admin.putUser('colon', { password: 'a:b:ü', tags: ['management'] });
    const { json } = await api.get('/whoami', { login: 'colon:a:b:ü' });
    expect(json).toMatchObject({ name: 'colon', tags: ['management'], is_internal_user: true });
  });

  it('are not needed where everyone may ask', async () => {
    expect((await api.get('/auth', { login: null })).json).toMatchObject({ enable_uaa: false });
  });
});

describe('paths', () => {
  it.each(['/api/whoami', '/api/whoami/', '/api/whoami?x=%ff%', '/api/who%61mi'])(
    '%s',
    async (target) => {
      expect(await rawGet(target)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it.each([
    '/api/nope',
    '/apix/whoami',
    '/',
    '//api/whoami',
    '/api//whoami',
    '/api/whoami//',
    '/api/vhosts/../whoami',
    '/api/vhosts//',
    '/api/vhosts/nope',
  ])('%s is not found', async (target) => {
    expect(await rawGet(target)).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('no route and no object have the same body', async () => {
    const body = { error: 'Object Not Found', reason: 'Not Found' };
    expect((await api.get('/nope')).json).toEqual(body);
    expect((await api.get('/vhosts/nope')).json).toEqual(body);
  });

  it.each(['/api/vhosts/%', '/api/vhosts/%zz', '/api/vhosts/%ff', '/api/vhosts/%c3'])(
    '%s is a bad request',
    async (target) => {
      expect(await rawGet(target)).toMatch(/^HTTP\/1\.1 400 /);
    },
  );

  it.each([
    '/',
    '%',
    ' ',
    '+',
    'ü',
    '#?&=',
    '~',
    'a\nb',
    '..',
    '\u{1f430}',
    '__proto__',
    'n'.repeat(255),
  ])('the vhost %j', async (name) => {
    await managed.broker.admin.createVhost(name);
    const { status, json } = await api.get(`/vhosts/${encodeURIComponent(name)}`);
    // The URL class, through which fetch goes, takes a segment of dots as a way.
    if (name === '..') return expect(await rawGet('/api/vhosts/%2E%2E')).toContain('"name":".."');
    expect([status, json.name]).toEqual([200, name]);
    if (name !== '/') await managed.broker.admin.deleteVhost(name);
  });

  it('below a prefix', () =>
    withManagement(
      async ({ broker, api: prefixed }) => {
        expect(broker.managementUrl).toMatch(/\/war\/ren$/);
        expect((await prefixed.get('/whoami')).status).toBe(200);
        const root = new URL(prefixed.url).origin;
        expect((await fetch(`${root}/api/whoami`)).status).toBe(404);
        expect((await fetch(`${root}/war/renx/api/whoami`)).status).toBe(404);
      },
      { config: { 'management.path_prefix': '/war/ren' } },
    ));
});

describe('methods', () => {
  it('HEAD answers as GET, without a body', async () => {
    const { status, headers, text } = await api.call('HEAD', '/vhosts');
    expect([status, text, headers.get('content-type')]).toEqual([200, '', 'application/json']);
  });

  it('OPTIONS needs no login', async () => {
    const { status, headers } = await api.call('OPTIONS', '/whoami', undefined, { login: null });
    expect([status, headers.get('allow')]).toEqual([200, 'HEAD, GET, OPTIONS']);
  });

  it.each(['DELETE', 'PATCH', 'PUT'])('%s where it is none', async (method) => {
    const { status, headers, text } = await api.call(method, '/whoami', undefined, { login: null });
    expect([status, text, headers.get('allow')]).toEqual([405, '', 'HEAD, GET, OPTIONS']);
  });

  it('HTTP/1.0 without a host is served, and other hosts are no matter', async () => {
    const login = `Authorization: ${basic('guest:guest')}\r\n`;
    const close = 'Connection: close\r\n';
    for (const host of ['', 'Host: LOCALHOST:1\r\n', 'Host: [::1]:15672\r\n', 'Host: a_b.c\r\n']) {
      const answer = await rawAnswer(`GET /api/whoami HTTP/1.0\r\n${close}${login}${host}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
    for (const host of ['Host: a b\r\n', 'Host: x/y\r\n', 'Host: x:99999999\r\n']) {
      const answer = await rawAnswer(`GET /api/whoami HTTP/1.1\r\n${close}${login}${host}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it.each(['/api/vhosts/a\\b', '/api/vhosts/{"<|>`^}', '/api/vhosts/a\tb', '/api/vhosts/\xff'])(
    'bytes that no URL has: %j',
    async (target) => {
      expect(await rawGet(target)).toMatch(/^HTTP\/1\.1 40[04] /);
    },
  );

  it('one that nobody knows', async () => {
    expect(await rawAnswer('BREW /api/whoami HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 4\d\d /,
    );
  });
});

describe('headers', () => {
  it('of an answer', async () => {
    const { headers } = await api.get('/whoami');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      vary: 'accept, accept-encoding, origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
  });

  it('JSON comes whatever is accepted', async () => {
    const headers = { accept: 'application/bert, text/html;q=0.1' };
    expect((await api.get('/whoami', { headers })).json.name).toBe('guest');
  });

  it('a large answer is compressed for those who take it', async () => {
    for (let at = 0; at < 20; at++) await managed.broker.admin.createVhost(`many-${at}`);
    const packed = await api.get('/vhosts', { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const plain = await api.get('/vhosts', { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(packed.json).toEqual(plain.json);
    const small = await api.get('/whoami', { headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers.get('content-encoding')).toBeNull();
  });

  it('CORS for an origin that is listed', async () => {
    const headers = { origin: 'http://example.org' };
    const answer = await api.get('/whoami', { headers });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'http://example.org',
      'access-control-allow-credentials': 'true',
    });
    const asked = { ...headers, 'access-control-request-headers': 'authorization, x-foo' };
    const preflight = await api.call('OPTIONS', '/whoami', undefined, {
      login: null,
      headers: asked,
    });
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-headers': 'authorization, x-foo',
      'access-control-allow-methods': 'HEAD, GET, OPTIONS',
      'access-control-max-age': '1800',
    });
  });

  it.each(['http://other.org', 'null', '*'])('no CORS for %s', async (origin) => {
    const { status, headers } = await api.get('/whoami', { headers: { origin } });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});

describe('access', () => {
  it.each([
    ['manager:p', '/vhosts', 200],
    ['manager:p', '/vhosts/shop', 'Not administrator user'],
    ['watcher:p', '/vhosts/shop', 'Not administrator user'],
    ['guest:guest', '/vhosts/shop', 200],
  ])('%s of %s', async (login, path, expected) => {
    const { status, json } = await api.get(path, { login });
    expect(status === 200 ? status : json.reason).toBe(expected);
  });

  it('lists show what each may see', async () => {
    const names = async (login: string) => {
      const { json } = await api.get('/vhosts?columns=name', { login });
      return json.map(({ name }: { name: string }) => name);
    };
    expect(await names('manager:p')).toEqual(['shop']);
    expect(await names('watcher:p')).toEqual(await names('guest:guest'));
    expect(await names('guest:guest')).toContain('/');
  });
});

test('a broker without management has no address of it', async () => {
  await withManagement(async ({ broker }) => expect(broker.managementUrl).toBeUndefined(), {
    config: { 'management.enabled': false },
  });
});

test('a port in use is told by its number', async () => {
  const port = Number(new URL(api.url).port);
  await expect(startManaged({ management: { port } })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port,
  });
});

test('a request under way at the close is answered', async () => {
  const { broker } = await startManaged();
  const { hostname, port } = new URL(broker.managementUrl ?? '');
  const socket = connect(Number(port), hostname);
  let closed: Promise<void> | undefined;
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (closed !== undefined) return;
      // The head is taken in: the body may come now.
      closed = broker.close();
      socket.write('{}');
    });
    socket.on('close', () => resolve(text));
  });
  const head = `PUT /api/vhosts/v HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n`;
  socket.write(`${head}Authorization: ${basic('guest:guest')}\r\n\r\n`);
  expect(await answer).toMatch(/^HTTP\/1\.1 100 .*\r\n\r\nHTTP\/1\.1 (?:201|503) /);
  await closed;
});

test('after the close nothing answers any more', async () => {
  const { broker, api: gone } = await startManaged();
  expect((await gone.get('/whoami')).status).toBe(200);
  await broker.close();
  await expect(gone.get('/whoami')).rejects.toThrow();
});
