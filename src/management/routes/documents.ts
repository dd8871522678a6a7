// The description of this API, alert rules and a dashboard. Nothing of a node is in them, so nobody is asked who they are.

import { apiPage, documentText, openApiText } from '../api-documents.ts';
import type { Reply } from '../reply.ts';
import { get, type Route } from '../route.ts';

const reply = (type: string, body: string): Reply => ({
  status: 200,
  headers: { 'content-type': type, 'cache-control': 'no-cache' },
  body,
});

export const documentRoutes: readonly Route[] = [
  get('/index.html', 'none', () => reply('text/html; charset=utf-8', apiPage())),
  get('/x/openapi.json', 'none', ({ pathPrefix }) =>
    reply('application/json', openApiText(pathPrefix)),
  ),
  get('/x/alert-rules.yaml', 'none', () => reply('application/yaml', documentText('alertRules'))),
  get('/x/grafana-dashboard.json', 'none', () =>
    reply('application/json', documentText('dashboard')),
  ),
];
