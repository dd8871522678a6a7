// Virtual hosts.

import { vhostByName, vhostList } from '../../admin/vhosts.ts';
import { list, object } from '../reply.ts';
import { get, type Route } from '../route.ts';

export const vhostRoutes: readonly Route[] = [
  get('/vhosts', 'auth', (request) => list(request, vhostList(request.node, request.requester))),
  get('/vhosts/:name', 'admin', (request) => {
    return object(request, vhostByName(request.node, request.parameter('name')));
  }),
];
