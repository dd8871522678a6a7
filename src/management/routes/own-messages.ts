// Our own routes about messages: looking at them, moving them, giving dead letters back, what is delayed.

import {
  type DelayOwner,
  delayedList,
  endDelay,
  PEEK_LIMIT_MAX,
  peekMessages,
} from '../../admin/peek.ts';
import {
  moveMessages,
  redriveMessages,
  transferById,
  transferList,
  transferView,
} from '../../admin/transfers.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest } from '../http-error.ts';
import type { JsonBody } from '../json-body.ts';
import { integerField, requireKeys, textField } from '../json-fields.ts';
import { json, list, noContent, object, type Reply } from '../reply.ts';
import { del, get, post, type Route } from '../route.ts';

const PEEK_LIMIT_DEFAULT = 50;
const TRUNCATE_DEFAULT = 50_000;
const TRUNCATE_MAX = 16 << 20;

function integer(request: ApiRequest, name: string, standard: number, max: number): number {
  const text = request.query(name);
  if (text === undefined) return standard;
  if (/^\d{1,15}$/.test(text) && Number(text) <= max) return Number(text);
  throw badRequest(`${name} should be an integer from 0 to ${max}`);
}

function payloadOptions(request: ApiRequest): { encoding: 'auto' | 'base64'; truncate: number } {
  const encoding = request.query('encoding') ?? 'auto';
  if (encoding !== 'auto' && encoding !== 'base64') {
    throw badRequest('Unsupported encoding. Please use auto or base64.');
  }
  return { encoding, truncate: integer(request, 'truncate', TRUNCATE_DEFAULT, TRUNCATE_MAX) };
}

async function peek(request: ApiRequest): Promise<Reply> {
  const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
  const options = {
    ...payloadOptions(request),
    state: request.query('state') ?? 'ready',
    offset: integer(request, 'offset', 0, Number.MAX_SAFE_INTEGER),
    limit: integer(request, 'limit', PEEK_LIMIT_DEFAULT, PEEK_LIMIT_MAX),
    filter: request.query('filter') ?? '',
  };
  return json(await peekMessages(request.node, request.requester, vhost, name, options));
}

const transferOptions = (body: JsonBody) => ({
  count: integerField(body, 'count'),
  rate: integerField(body, 'rate'),
});

async function move(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  requireKeys(body, ['destination']);
  const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
  const target = {
    vhost: textField(body, 'destination_vhost') ?? vhost,
    queue: textField(body, 'destination') ?? '',
  };
  const { node, requester } = request;
  return json(moveMessages(node, requester, vhost, name, target, transferOptions(body)));
}

async function redrive(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  const [vhost, name] = [request.parameter('vhost'), request.parameter('name')];
  const { node, requester } = request;
  return json(redriveMessages(node, requester, vhost, name, transferOptions(body)));
}

const ownerOf = (request: ApiRequest, kind: DelayOwner['kind']): DelayOwner => ({
  vhost: request.parameter('vhost'),
  kind,
  name: kind === 'queue' ? request.parameter('name') : request.exchangeParameter('name'),
});

function delayedRoutes(kind: DelayOwner['kind'], path: string): Route[] {
  return [
    get(path, 'vhost', async (request) =>
      json(
        await delayedList(request.node, request.requester, ownerOf(request, kind), {
          ...payloadOptions(request),
          from: request.query('from'),
          limit: integer(request, 'limit', PEEK_LIMIT_DEFAULT, PEEK_LIMIT_MAX),
        }),
      ),
    ),
    del(`${path}/:id`, 'vhost', async (request) => {
      const { node, requester } = request;
      await endDelay(node, requester, ownerOf(request, kind), request.parameter('id'), 'cancel');
      return noContent();
    }),
    post(`${path}/:id/deliver`, 'vhost', async (request) => {
      const { node, requester } = request;
      const owner = ownerOf(request, kind);
      await endDelay(node, requester, owner, request.parameter('id'), 'deliverNow');
      return noContent();
    }),
  ];
}

export const ownMessageRoutes: readonly Route[] = [
  get('/x/queues/:vhost/:name/messages', 'vhost', peek),
  post('/x/queues/:vhost/:name/move', 'vhost', move),
  post('/x/queues/:vhost/:name/redrive', 'vhost', redrive),
  get('/x/transfers', 'auth', (request) =>
    list(request, transferList(request.node, request.requester)),
  ),
  get('/x/transfers/:id', 'auth', (request) => {
    const transfer = transferById(request.node, request.requester, request.parameter('id'));
    return object(request, transferView(transfer));
  }),
  del('/x/transfers/:id', 'auth', (request) => {
    transferById(request.node, request.requester, request.parameter('id')).work.cancel();
    return noContent();
  }),
  ...delayedRoutes('queue', '/x/delayed/queues/:vhost/:name'),
  ...delayedRoutes('exchange', '/x/delayed/exchanges/:vhost/:name'),
];
