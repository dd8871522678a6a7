// Exchanges: their declaration, what is published to them, and where it would go.

import { bindingsOfExchange } from '../../admin/bindings.ts';
import {
  declareExchange,
  deleteExchange,
  exchangeDetails,
  exchangeList,
  testRoute,
} from '../../admin/exchanges.ts';
import { payloadOf, propertiesOfJson, publishMessage } from '../../admin/messages.ts';
import { sampleRangesOf } from '../../admin/statistics/sample-ranges.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest } from '../http-error.ts';
import type { JsonBody } from '../json-body.ts';
import { booleanField, field, objectField, requireKeys, textField } from '../json-fields.ts';
import { json, list, noContent, object, type Reply, stored } from '../reply.ts';
import { del, get, post, put, type Route } from '../route.ts';

const exchanges = (request: ApiRequest) => {
  const ranges = sampleRangesOf(request.query);
  return list(request, exchangeList(request.node, request.vhostNames(), ranges));
};

const bindings = (end: 'source' | 'destination') => (request: ApiRequest) => {
  const [vhost, name] = [request.parameter('vhost'), request.exchangeParameter('name')];
  return list(request, bindingsOfExchange(request.node, vhost, name, end));
};

async function declare(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  const settings = {
    type: textField(body, 'type') ?? 'direct',
    isDurable: booleanField(body, 'durable', false),
    isAutoDelete: booleanField(body, 'auto_delete', false),
    isInternal: booleanField(body, 'internal', false),
    arguments: objectField(body, 'arguments'),
  };
  const { node, requester } = request;
  const [vhost, name] = [request.parameter('vhost'), request.exchangeParameter('name')];
  return stored(await declareExchange(node, requester, vhost, name, settings));
}

async function publish(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  requireKeys(body, ['routing_key', 'properties', 'payload', 'payload_encoding']);
  const payload = field(body, 'payload');
  if (typeof payload !== 'string') throw badRequest('payload_not_string');
  const routed = await publishMessage(request.node, request.requester, request.parameter('vhost'), {
    exchange: request.exchangeParameter('name'),
    routingKey: textField(body, 'routing_key') ?? '',
    properties: propertiesOfJson(objectField(body, 'properties')),
    body: payloadOf(payload, textField(body, 'payload_encoding') ?? ''),
  });
  return json({ routed });
}

/** `{routing_key, routing_keys?, properties?, headers?}`: nothing is published. */
async function route(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  const properties: JsonBody = objectField(body, 'properties');
  const headers = field(body, 'headers');
  const [vhost, name] = [request.parameter('vhost'), request.exchangeParameter('name')];
  const view = testRoute(
    request.node,
    vhost,
    name,
    [textField(body, 'routing_key') ?? '', ...copies(body)],
    headers === undefined ? properties : { ...properties, headers: objectField(body, 'headers') },
  );
  return json(view);
}

/** Further keys, as of the header CC. */
function copies(body: JsonBody): string[] {
  const keys = field(body, 'cc') ?? [];
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'string')) {
    throw badRequest('cc should be a list of routing keys');
  }
  return keys;
}

export const exchangeRoutes: readonly Route[] = [
  get('/exchanges', 'auth', exchanges),
  get('/exchanges/:vhost', 'vhost', exchanges),
  get('/exchanges/:vhost/:name', 'vhost', (request) => {
    const [vhost, name] = [request.parameter('vhost'), request.exchangeParameter('name')];
    const ranges = sampleRangesOf(request.query);
    return object(request, exchangeDetails(request.node, vhost, name, ranges));
  }),
  put('/exchanges/:vhost/:name', 'vhost', declare),
  del('/exchanges/:vhost/:name', 'vhost', async (request) => {
    const [vhost, name] = [request.parameter('vhost'), request.exchangeParameter('name')];
    const ifUnused = request.query('if-unused') === 'true';
    await deleteExchange(request.node, request.requester, vhost, name, ifUnused);
    return noContent();
  }),
  post('/exchanges/:vhost/:name/publish', 'vhost', publish),
  get('/exchanges/:vhost/:name/bindings/source', 'vhost', bindings('source')),
  get('/exchanges/:vhost/:name/bindings/destination', 'vhost', bindings('destination')),
  { ...post('/x/exchanges/:vhost/:name/route', 'vhost', route), isQuiet: true },
];
