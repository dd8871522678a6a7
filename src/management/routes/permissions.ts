// Permissions and topic permissions.

import {
  clearPermission,
  clearTopicPermissions,
  permissionList,
  permissionOf,
  putPermission,
  putTopicPermission,
  topicPermissionList,
} from '../../admin/permissions.ts';
import { NotFoundError } from '../../util/request-errors.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest, notFound } from '../http-error.ts';
import type { JsonBody } from '../json-body.ts';
import { requireKeys } from '../json-fields.ts';
import { list, noContent, object, type Reply, stored } from '../reply.ts';
import { del, get, put, type Route } from '../route.ts';

export const permissionRoutes: readonly Route[] = [
  get('/permissions', 'admin', (request) => list(request, permissionList(request.node))),
  // Everybody's own: what the page offers depends on them.
  get('/x/permissions', 'auth', (request) => {
    const { name } = request.requester.user;
    return list(request, permissionList(request.node, { user: name }));
  }),
  get('/permissions/:vhost/:user', 'admin', (request) => {
    return object(request, permissionOf(request.node, vhostOf(request), userOf(request)));
  }),
  put('/permissions/:in/:user', 'admin', (request) => {
    return place(request, ['configure', 'write', 'read'], ({ configure, write, read }) => {
      const patterns = { configure, write, read } as Parameters<typeof putPermission>[3];
      return putPermission(request.node, request.parameter('in'), userOf(request), patterns);
    });
  }),
  del('/permissions/:vhost/:user', 'admin', async (request) => {
    const isThere = await request.change(() =>
      clearPermission(request.node, vhostOf(request), userOf(request)),
    );
    if (!isThere) throw notFound();
    return noContent();
  }),

  get('/topic-permissions', 'admin', (request) => {
    return list(request, topicPermissionList(request.node));
  }),
  get('/topic-permissions/:vhost/:user', 'admin', (request) => {
    const filter = { vhost: vhostOf(request), user: userOf(request) };
    const permissions = topicPermissionList(request.node, filter);
    if (permissions.items.length === 0) throw notFound();
    return list(request, permissions);
  }),
  put('/topic-permissions/:in/:user', 'admin', (request) => {
    return place(request, ['exchange', 'write', 'read'], ({ exchange, write, read }) => {
      const patterns = { write, read } as Parameters<typeof putTopicPermission>[4];
      const vhost = request.parameter('in');
      const user = userOf(request);
      return putTopicPermission(request.node, vhost, user, exchange as string, patterns);
    });
  }),
  del('/topic-permissions/:vhost/:user', 'admin', (request) => clearTopics(request, undefined)),
  del('/topic-permissions/:vhost/:user/:exchange', 'admin', (request) => {
    return clearTopics(request, request.exchangeParameter('exchange'));
  }),
];

const vhostOf = (request: ApiRequest) => request.parameter('vhost');
const userOf = (request: ApiRequest) => request.parameter('user');

/** RabbitMQ does not say which of the two it is that is missing. */
async function place(
  request: ApiRequest,
  keys: readonly string[],
  make: (body: JsonBody) => boolean,
): Promise<Reply> {
  const body = await request.body();
  requireKeys(body, keys);
  try {
    return stored(await request.change(() => make(body)));
  } catch (error) {
    throw error instanceof NotFoundError ? badRequest('vhost_or_user_not_found') : error;
  }
}

async function clearTopics(request: ApiRequest, exchange: string | undefined): Promise<Reply> {
  const count = await request.change(() =>
    clearTopicPermissions(request.node, vhostOf(request), userOf(request), exchange),
  );
  if (count === 0) throw notFound();
  return noContent();
}
