// The node as a cluster of one: names, features, login attempts, and what only larger clusters need.

import {
  clusterName,
  enableFeature,
  featureFlags,
  loginAttempts,
  resetLoginAttempts,
  setClusterName,
} from '../../admin/cluster.ts';
import type { View } from '../../admin/columns.ts';
import type { ListSource } from '../../admin/listing.ts';
import { isThisNode } from '../../admin/node-name.ts';
import type { ApiRequest } from '../api-request.ts';
import { notFound } from '../http-error.ts';
import { requireKeys } from '../json-fields.ts';
import { json, list, noContent, object } from '../reply.ts';
import { del, get, post, put, type Route } from '../route.ts';

export const clusterRoutes: readonly Route[] = [
  get('/cluster-name', 'auth', (request) => object(request, { name: clusterName(request.node) })),
  put('/cluster-name', 'admin', async (request) => {
    const body = await request.body();
    requireKeys(body, ['name']);
    await request.change(() => setClusterName(request.node, body['name']));
    return noContent();
  }),
  get('/version', 'auth', (request) => json(request.node.facts.rabbitmqVersion)),
  // The scripts of RabbitMQ's own page. Clients only list them.
  get('/extensions', 'auth', () => json([{ javascript: 'dispatcher.js' }])),
  post('/rebalance/queues', 'admin', () => noContent()),

  get('/feature-flags', 'admin', (request) => list(request, listOf(featureFlags()))),
  put('/feature-flags/:name/enable', 'admin', (request) => {
    enableFeature(request.parameter('name'));
    return noContent();
  }),
  get('/deprecated-features', 'auth', (request) => list(request, listOf([]))),
  get('/deprecated-features/used', 'auth', (request) => list(request, listOf([]))),

  // Tools ask every broker; as in RabbitMQ where none is declared, the answer is an empty list.
  get('/shovels', 'mon', (request) => list(request, listOf([]))),
  get('/shovels/:vhost', 'mon', (request) => list(request, listOf([]))),
  get('/federation-links', 'mon', (request) => list(request, listOf([]))),
  get('/federation-links/:vhost', 'mon', (request) => list(request, listOf([]))),
  // Of the stream protocol, which nobody speaks here.
  get('/stream/connections', 'auth', (request) => list(request, listOf([]))),
  get('/stream/connections/:vhost', 'vhost', (request) => list(request, listOf([]))),
  get('/stream/consumers', 'auth', (request) => list(request, listOf([]))),
  get('/stream/consumers/:vhost', 'vhost', (request) => list(request, listOf([]))),
  get('/stream/publishers', 'auth', (request) => list(request, listOf([]))),
  get('/stream/publishers/:vhost', 'vhost', (request) => list(request, listOf([]))),

  get('/auth/attempts/:node', 'mon', (request) => {
    requireThisNode(request);
    return json(loginAttempts(request.node));
  }),
  // Where they came from is in the log.
  get('/auth/attempts/:node/source', 'mon', (request) => {
    requireThisNode(request);
    return json([]);
  }),
  del('/auth/attempts/:node', 'admin', (request) => {
    requireThisNode(request);
    resetLoginAttempts(request.node);
    return noContent();
  }),
];

function listOf(items: readonly View[]): ListSource<View> {
  return { items, name: ({ name }) => String(name), view: (item) => item };
}

function requireThisNode(request: ApiRequest): void {
  if (!isThisNode(request.node, request.parameter('node'))) throw notFound();
}
