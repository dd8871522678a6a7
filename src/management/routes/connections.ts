// Connections, channels and consumers.

import {
  cancelConsumer,
  channelByName,
  channelDetails,
  channelList,
  channelsOf,
  closeConnections,
  connectionByName,
  connectionDetails,
  connectionList,
  connectionsOfUser,
  consumerList,
} from '../../admin/connections.ts';
import { maySeeVhost } from '../../admin/requester.ts';
import { sampleRangesOf } from '../../admin/statistics/sample-ranges.ts';
import { allVhostNames } from '../../admin/vhosts.ts';
import type { ApiRequest } from '../api-request.ts';
import { list, noContent, object } from '../reply.ts';
import { del, get, type Route } from '../route.ts';

/** Headers come as octets, one character each; the text is UTF-8. */
function reasonOf(request: ApiRequest): string | undefined {
  const octets = request.header('x-reason');
  return octets === undefined ? undefined : Buffer.from(octets, 'latin1').toString('utf8');
}

export const connectionRoutes: readonly Route[] = [
  get('/connections', 'auth', (request) => {
    const { node, requester } = request;
    return list(request, connectionList(node, { requester }, sampleRangesOf(request.query)));
  }),
  get('/vhosts/:vhost/connections', 'visible', (request) => {
    const { node, requester } = request;
    const filter = { requester, vhost: request.parameter('vhost') };
    return list(request, connectionList(node, filter, sampleRangesOf(request.query)));
  }),
  get('/connections/username/:user', 'own', (request) => {
    request.requireOwner(request.parameter('user'));
    return list(request, connectionsOfUser(request.node, request.parameter('user')));
  }),
  del('/connections/username/:user', 'own', (request) => {
    const userName = request.parameter('user');
    request.requireOwnerOrAdministrator(userName);
    closeConnections(request.node, ({ user }) => user?.name === userName, reasonOf(request));
    return noContent();
  }),
  get('/connections/:name', 'own', (request) => {
    const connection = connectionByName(request.node, request.parameter('name'));
    request.requireOwner(connection.user?.name);
    const ranges = sampleRangesOf(request.query);
    return object(request, connectionDetails(request.node, connection, ranges));
  }),
  del('/connections/:name', 'own', (request) => {
    const connection = connectionByName(request.node, request.parameter('name'));
    request.requireOwnerOrAdministrator(connection.user?.name);
    closeConnections(request.node, (one) => one === connection, reasonOf(request));
    return noContent();
  }),
  get('/connections/:name/channels', 'own', (request) => {
    const connection = connectionByName(request.node, request.parameter('name'));
    request.requireOwner(connection.user?.name);
    const ranges = sampleRangesOf(request.query);
    return list(request, channelsOf(request.node, [connection], ranges));
  }),
];

export const channelRoutes: readonly Route[] = [
  get('/channels', 'auth', (request) => {
    const { node, requester } = request;
    return list(request, channelList(node, { requester }, sampleRangesOf(request.query)));
  }),
  get('/vhosts/:vhost/channels', 'visible', (request) => {
    const { node, requester } = request;
    const filter = { requester, vhost: request.parameter('vhost') };
    return list(request, channelList(node, filter, sampleRangesOf(request.query)));
  }),
  get('/channels/:name', 'own', (request) => {
    const channel = channelByName(request.node, request.parameter('name'));
    request.requireOwner(channel.connection.user?.name);
    const ranges = sampleRangesOf(request.query);
    return object(request, channelDetails(request.node, channel, ranges));
  }),
];

export const consumerRoutes: readonly Route[] = [
  get('/consumers', 'auth', (request) => {
    const { node, requester } = request;
    const names = allVhostNames(node).filter((name) => maySeeVhost(node, requester, name));
    return list(request, consumerList(node, requester, names));
  }),
  get('/consumers/:vhost', 'visible', (request) => {
    const { node, requester } = request;
    return list(request, consumerList(node, requester, [request.parameter('vhost')]));
  }),
  // LavinMQ's.
  del('/consumers/:vhost/:connection/:channel/:tag', 'admin', (request) => {
    const channel = `${request.parameter('connection')} (${request.parameter('channel')})`;
    cancelConsumer(request.node, request.parameter('vhost'), channel, request.parameter('tag'));
    return noContent();
  }),
];
