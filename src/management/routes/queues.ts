// Queues: their declaration, and what lies in them.

import { bindingsOfQueue } from '../../admin/bindings.ts';
import { type GetOptions, getMessages } from '../../admin/messages.ts';
import {
  declareQueue,
  deleteQueue,
  purgeQueue,
  queueByName,
  queueDetails,
  queueList,
} from '../../admin/queues.ts';
import { sampleRangesOf } from '../../admin/statistics/sample-ranges.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest } from '../http-error.ts';
import type { JsonBody } from '../json-body.ts';
import {
  booleanField,
  field,
  integerField,
  objectField,
  requireKeys,
  shown,
  textField,
} from '../json-fields.ts';
import { json, list, noContent, object, type Reply, stored } from '../reply.ts';
import { del, get, post, put, type Route } from '../route.ts';

const queues = (request: ApiRequest) =>
  list(
    request,
    queueList(request.node, request.vhostNames(), {
      ranges: sampleRangesOf(request.query),
      // Explicit columns ask for everything there is.
      isPlain: request.query('disable_stats') === 'true' && request.query('columns') === undefined,
      hasTotals: request.query('enable_queue_totals') === 'true',
    }),
  );

async function declare(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  const settings = {
    isDurable: booleanField(body, 'durable', false),
    isAutoDelete: booleanField(body, 'auto_delete', false),
    arguments: objectField(body, 'arguments'),
    nodeName: textField(body, 'node'),
  };
  const { node, requester } = request;
  const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
  return stored(await declareQueue(node, requester, vhost, name, settings));
}

async function remove(request: ApiRequest): Promise<Reply> {
  const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
  await deleteQueue(request.node, request.requester, vhost, name, {
    ifEmpty: request.query('if-empty') === 'true',
    ifUnused: request.query('if-unused') === 'true',
  });
  return noContent();
}

/** RabbitMQ's words. */
const AFTERWARDS: Readonly<Record<string, GetOptions['afterwards']>> = {
  ack_requeue_true: 'requeue',
  ack_requeue_false: 'settle',
  reject_requeue_true: 'requeue',
  reject_requeue_false: 'reject',
};

async function fetchMessages(request: ApiRequest): Promise<Reply> {
  const body = withAckMode(await request.body());
  requireKeys(body, ['count', 'ackmode', 'encoding']);
  const afterwards = AFTERWARDS[textField(body, 'ackmode') ?? ''];
  if (afterwards === undefined) {
    throw badRequest(
      `Unsupported ackmode. Please use one of: ${Object.keys(AFTERWARDS).join(', ')}`,
    );
  }
  const encoding = textField(body, 'encoding');
  if (encoding !== 'auto' && encoding !== 'base64') {
    throw badRequest('Unsupported encoding. Please use auto or base64.');
  }
  const options = {
    afterwards,
    encoding,
    count: counted(body, 'count') ?? 0,
    truncate: counted(body, 'truncate'),
  } as const;
  const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
  return json(await getMessages(request.node, request.requester, vhost, name, options));
}

/** What clients said before RabbitMQ 3.7. */
function withAckMode(body: JsonBody): JsonBody {
  if (Object.hasOwn(body, 'ackmode') || !Object.hasOwn(body, 'requeue')) return body;
  const isRequeued = booleanField(body, 'requeue', true);
  return { ...body, ackmode: isRequeued ? 'ack_requeue_true' : 'ack_requeue_false' };
}

function counted(body: JsonBody, key: string): number | undefined {
  const value = integerField(body, key);
  if (value === undefined || value >= 0) return value;
  throw badRequest(`${key} should not be negative`);
}

/** Of mirrored queues, which RabbitMQ has no more; nothing is to be done for them. */
async function act(request: ApiRequest): Promise<Reply> {
  queueByName(request.node, request.parameter('vhost'), request.parameter('name'));
  const body = await request.body();
  const action = field(body, 'action');
  if (action !== 'sync' && action !== 'cancel_sync') throw badRequest(`unknown: ${shown(action)}`);
  return noContent();
}

export const queueRoutes: readonly Route[] = [
  get('/queues', 'auth', queues),
  get('/queues/detailed', 'auth', queues),
  get('/queues/:vhost', 'vhost', queues),
  get('/queues/:vhost/:name', 'vhost', (request) => {
    const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
    const ranges = sampleRangesOf(request.query);
    return object(request, queueDetails(request.node, vhost, name, ranges));
  }),
  put('/queues/:vhost/:name', 'vhost', declare),
  del('/queues/:vhost/:name', 'vhost', remove),
  get('/queues/:vhost/:name/bindings', 'vhost', (request) => {
    const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
    return list(request, bindingsOfQueue(request.node, vhost, name));
  }),
  del('/queues/:vhost/:name/contents', 'vhost', async (request) => {
    const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
    await purgeQueue(request.node, request.requester, vhost, name);
    return noContent();
  }),
  post('/queues/:vhost/:name/get', 'vhost', fetchMessages),
  post('/queues/:vhost/:name/actions', 'admin', act),
];
