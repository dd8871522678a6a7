// Policies and operator policies.

import { clearPolicy, policyByName, policyList, putPolicy } from '../../admin/policies.ts';
import { requireKeys } from '../json-fields.ts';
import { list, noContent, object, stored } from '../reply.ts';
import { type AccessClass, del, get, put, type Route } from '../route.ts';

export const policyRoutes: readonly Route[] = [
  ...routesOf('policies', 'policy', 'policy'),
  ...routesOf('operator-policies', 'operator_policy', 'admin'),
];

function routesOf(
  path: string,
  kind: 'policy' | 'operator_policy',
  mayChange: AccessClass,
): readonly Route[] {
  return [
    get(`/${path}`, 'auth', (request) => {
      return list(request, policyList(request.node, kind, request.vhostNames()));
    }),
    get(`/${path}/:vhost`, 'vhost', (request) => {
      return list(request, policyList(request.node, kind, request.vhostNames()));
    }),
    get(`/${path}/:vhost/:name`, 'vhost', (request) => {
      const vhost = request.parameter('vhost');
      return object(request, policyByName(request.node, kind, vhost, request.parameter('name')));
    }),
    put(`/${path}/:vhost/:name`, mayChange, async (request) => {
      const body = await request.body();
      requireKeys(body, ['pattern', 'definition']);
      const { pattern, definition, priority, 'apply-to': applyTo } = body;
      const fields = { pattern, definition, priority, 'apply-to': applyTo };
      const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
      return stored(
        await request.changeParameter(() => putPolicy(request.node, kind, vhost, name, fields)),
      );
    }),
    del(`/${path}/:vhost/:name`, mayChange, async (request) => {
      const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
      await request.change(() => clearPolicy(request.node, kind, vhost, name));
      return noContent();
    }),
  ];
}
