// Virtual hosts.

import { isThisNode } from '../../admin/node-name.ts';
import { permissionList, topicPermissionList } from '../../admin/permissions.ts';
import { sampleRangesOf } from '../../admin/statistics/sample-ranges.ts';
import {
  deleteVhost,
  deletionProtection,
  protectVhost,
  putVhost,
  vhostByName,
  vhostList,
} from '../../admin/vhosts.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest, notFound } from '../http-error.ts';
import type { JsonBody } from '../json-body.ts';
import { booleanField, field } from '../json-fields.ts';
import { json, list, noContent, object, type Reply, stored } from '../reply.ts';
import { del, get, post, put, type Route } from '../route.ts';

export const vhostRoutes: readonly Route[] = [
  get('/vhosts', 'auth', (request) => {
    const ranges = sampleRangesOf(request.query);
    return list(request, vhostList(request.node, request.requester, ranges));
  }),
  get('/vhosts/:name', 'admin', (request) => {
    return object(
      request,
      vhostByName(request.node, request.parameter('name'), sampleRangesOf(request.query)),
    );
  }),
  put('/vhosts/:name', 'admin', async (request) => {
    const fields = fieldsOf(await request.body());
    const { name: userName } = request.requester.user;
    return stored(
      await request.change(() =>
        putVhost(request.node, request.parameter('name'), fields, userName),
      ),
    );
  }),
  del('/vhosts/:name', 'admin', async (request) => {
    await request.change(() => deleteVhost(request.node, request.parameter('name')));
    return noContent();
  }),
  // A vhost that exists is running.
  post('/vhosts/:vhost/start/:node', 'admin', (request) => {
    if (isThisNode(request.node, request.parameter('node'))) return noContent();
    throw badRequest(`no such node: ${request.parameter('node')}`);
  }),
  get('/vhosts/:vhost/permissions', 'admin', (request) => {
    return list(request, permissionList(request.node, { vhost: request.parameter('vhost') }));
  }),
  get('/vhosts/:vhost/topic-permissions', 'admin', (request) => {
    return list(request, topicPermissionList(request.node, { vhost: request.parameter('vhost') }));
  }),
  get('/vhosts/:vhost/deletion/protection', 'admin', (request) => {
    if (!deletionProtection(request.node, request.parameter('vhost'))) throw notFound();
    return json({ protected_from_deletion: true });
  }),
  post('/vhosts/:vhost/deletion/protection', 'admin', (request) => protect(request, true)),
  del('/vhosts/:vhost/deletion/protection', 'admin', (request) => protect(request, false)),
];

/** What RabbitMQ resets when it is left out, and what it leaves. */
function fieldsOf(body: JsonBody): Parameters<typeof putVhost>[2] {
  const metadata = field(body, 'metadata') as JsonBody | undefined;
  const given = { ...metadata, ...body };
  return {
    description: field(given, 'description') ?? '',
    tags: field(given, 'tags') ?? [],
    default_queue_type: field(given, 'default_queue_type') ?? field(given, 'defaultqueuetype'),
    ...optionalBoolean(given, 'tracing'),
    ...optionalBoolean(given, 'protected_from_deletion'),
  };
}

function optionalBoolean(body: JsonBody, key: string): Record<string, boolean> {
  return field(body, key) === undefined ? {} : { [key]: booleanField(body, key, false) };
}

async function protect(request: ApiRequest, isProtected: boolean): Promise<Reply> {
  await request.change(() => protectVhost(request.node, request.parameter('vhost'), isProtected));
  return noContent();
}
