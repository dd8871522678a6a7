// Parameters by component, and global parameters.

import { clearGlobalParameter, setGlobalParameter } from '../../admin/cluster.ts';
import {
  clearParameter,
  parameterByName,
  parameterList,
  putParameter,
} from '../../admin/parameters.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest } from '../http-error.ts';
import { requiredField } from '../json-fields.ts';
import { list, noContent, object, type Reply, stored } from '../reply.ts';
import { del, get, put, type Route } from '../route.ts';

export const parameterRoutes: readonly Route[] = [
  get('/parameters', 'policy', (request) => {
    return list(request, parameterList(request.node, request.vhostNames()));
  }),
  get('/parameters/:component', 'policy', listComponent),
  get('/parameters/:component/:vhost', 'policy', listComponent),
  get('/parameters/:component/:vhost/:name', 'policy', (request) => {
    return object(request, parameterByName(request.node, ...placeOf(request)));
  }),
  put('/parameters/:component/:vhost/:name', 'policy', async (request) => {
    if (request.parameter('component') === 'policy') {
      throw badRequest('policies may not be set using this method');
    }
    const value = requiredField(await request.body(), 'value');
    return stored(
      await request.changeParameter(() => putParameter(request.node, ...placeOf(request), value)),
    );
  }),
  del('/parameters/:component/:vhost/:name', 'policy', async (request) => {
    await request.change(() => clearParameter(request.node, ...placeOf(request)));
    return noContent();
  }),

  get('/global-parameters', 'policy', (request) => {
    return list(request, request.node.globalParameters.list());
  }),
  get('/global-parameters/:name', 'policy', (request) => {
    return object(request, request.node.globalParameters.view(request.parameter('name')));
  }),
  put('/global-parameters/:name', 'policy', async (request) => {
    const value = requiredField(await request.body(), 'value');
    return stored(
      await request.change(() =>
        setGlobalParameter(request.node, request.parameter('name'), value),
      ),
    );
  }),
  del('/global-parameters/:name', 'policy', async (request) => {
    await request.change(() => clearGlobalParameter(request.node, request.parameter('name')));
    return noContent();
  }),
];

function listComponent(request: ApiRequest): Promise<Reply> {
  const component = request.parameter('component');
  return list(request, parameterList(request.node, request.vhostNames(), component));
}

function placeOf(request: ApiRequest): [component: string, vhost: string, name: string] {
  return [request.parameter('component'), request.parameter('vhost'), request.parameter('name')];
}
