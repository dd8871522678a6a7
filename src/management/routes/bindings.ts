// Bindings.

import {
  type BindingEnds,
  bind,
  bindingByKey,
  bindingList,
  bindingsBetween,
  type DestinationKind,
  unbind,
} from '../../admin/bindings.ts';
import type { ApiRequest } from '../api-request.ts';
import { objectField, textField } from '../json-fields.ts';
import { created, list, noContent, object } from '../reply.ts';
import { del, get, post, type Route } from '../route.ts';

const bindings = (request: ApiRequest) =>
  list(request, bindingList(request.node, request.vhostNames()));

function endsOf(request: ApiRequest, kind: DestinationKind): BindingEnds {
  return {
    vhost: request.parameter('vhost'),
    source: request.exchangeParameter('source'),
    kind,
    destination:
      kind === 'queue'
        ? request.parameter('destination')
        : request.exchangeParameter('destination'),
  };
}

/** The routes of bindings to one kind of destination. */
function routesTo(kind: DestinationKind, letter: 'q' | 'e'): Route[] {
  const path = `/bindings/:vhost/e/:source/${letter}/:destination`;
  return [
    get(path, 'vhost', (request) =>
      list(request, bindingsBetween(request.node, endsOf(request, kind))),
    ),
    post(path, 'vhost', async (request) => {
      const body = await request.body();
      const ends = endsOf(request, kind);
      const routingKey = textField(body, 'routing_key') ?? '';
      const { node, requester } = request;
      const key = await bind(node, requester, ends, routingKey, objectField(body, 'arguments'));
      // Relative, and encoded once more than the key already is: clients decode it once.
      const destination = encodeURIComponent(request.parameter('destination'));
      return created({ location: `${destination}/${encodedOnce(key)}` });
    }),
    get(`${path}/:key`, 'vhost', (request) => {
      return object(request, bindingByKey(request.node, endsOf(request, kind), keyOf(request)));
    }),
    del(`${path}/:key`, 'vhost', async (request) => {
      await unbind(request.node, request.requester, endsOf(request, kind), keyOf(request));
      return noContent();
    }),
  ];
}

const keyOf = (request: ApiRequest) => request.parameter('key');

function encodedOnce(key: string): string {
  return encodeURIComponent(key);
}

export const bindingRoutes: readonly Route[] = [
  get('/bindings', 'auth', bindings),
  get('/bindings/:vhost', 'vhost', bindings),
  ...routesTo('queue', 'q'),
  ...routesTo('exchange', 'e'),
];
