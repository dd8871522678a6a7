// The node as a cluster of one: its name, its version.

import { json, object } from '../reply.ts';
import { get, type Route } from '../route.ts';

export const clusterRoutes: readonly Route[] = [
  get('/cluster-name', 'auth', (request) => {
    return object(request, { name: request.node.facts.clusterName });
  }),
  get('/version', 'auth', (request) => json(request.node.facts.rabbitmqVersion)),
];
