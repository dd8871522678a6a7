import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { ROUTES } from '../../src/management/route-table.ts';
import {
  type ManagedBroker,
  startManaged,
  withManagement,
} from '../support/management/management-client.ts';

let managed: ManagedBroker;

beforeAll(async () => {
  managed = await startManaged();
});

afterAll(() => managed.broker.close());

const anonymous = { login: null };

test.for([
  ['/index.html', 'text/html; charset=utf-8', '<h2>Queues</h2>'],
  ['/x/openapi.json', 'application/json', '"openapi": "3.1.0"'],
  ['/x/alert-rules.yaml', 'application/yaml', 'groups:'],
  ['/x/grafana-dashboard.json', 'application/json', '"panels"'],
] as const)('%s is there for everyone', async ([path, type, text]) => {
  const answer = await managed.api.get(path, anonymous);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  expect(answer.text).toContain(text);
});

it('lists every route on the page', async () => {
  const { text } = await managed.api.get('/index.html', anonymous);
  for (const { method, path } of ROUTES) {
    const shown = path.replace('/:in/', '/:vhost/').replaceAll(/:(\w+)/g, '{$1}');
    const cells = [method, `/api${shown}`].map((cell) => `<td align="left">${cell}</td>`);
    expect(text).toContain(cells.join(''));
  }
});

it('needs no script, style or file for the page', async () => {
  const { text, headers } = await managed.api.get('/index.html', anonymous);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(text).not.toMatch(/<script|<style|<link|<img|style=|https?:/);
});

test.for(['/api', '/api/', '/doc', '/doc/', '/doc/stats.html'])('%s leads to it', async (path) => {
  const response = await fetch(`${managed.api.url}${path}`, { redirect: 'manual' });
  expect(response.status).toBe(301);
  expect(response.headers.get('location')).toBe('/api/index.html');
});

it('knows the prefix of all paths', async () => {
  await withManagement(
    async ({ broker }) => {
      const url = `${broker.managementUrl}`;
      const response = await fetch(`${url}/api`, { redirect: 'manual' });
      expect(response.headers.get('location')).toBe('/some/where/api/index.html');
      const { servers } = (await (await fetch(`${url}/api/x/openapi.json`)).json()) as {
        servers: unknown;
      };
      expect(servers).toEqual([{ url: '/some/where/api' }]);
    },
    { config: { 'management.path_prefix': '/some/where' } },
  );
});
