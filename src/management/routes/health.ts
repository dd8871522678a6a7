// Health checks: 200 or 503.

import {
  alarmHealth,
  aliveness,
  certificateHealth,
  connectionLimitHealth,
  type Health,
  nodeHealth,
  portHealth,
  protocolHealth,
  readinessHealth,
  singleNodeHealth,
  vhostHealth,
} from '../../admin/health.ts';
import { isThisNode } from '../../admin/node-name.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest, notFound } from '../http-error.ts';
import { json, type Reply } from '../reply.ts';
import { get, type Route } from '../route.ts';

const checks: Readonly<Record<string, (request: ApiRequest) => Health>> = {
  alarms: ({ node }) => alarmHealth(node, 'in the cluster'),
  'local-alarms': ({ node }) => alarmHealth(node, 'on the node'),
  'certificate-expiration/:within/:unit': (request) => {
    requireUnit(request);
    return certificateHealth();
  },
  'port-listener/:port': (request) => {
    const port = request.parameter('port');
    if (!/^-?\d{1,9}$/.test(port)) throw badRequest('Invalid port');
    return portHealth(request.node, Number(port));
  },
  'protocol-listener/:protocols': (request) => {
    return protocolHealth(request.node, request.parameter('protocols'));
  },
  'virtual-hosts': vhostHealth,
  'node-is-mirror-sync-critical': singleNodeHealth,
  'node-is-quorum-critical': singleNodeHealth,
  'is-in-service': () => vhostHealth(),
  'below-node-connection-limit': ({ node }) => connectionLimitHealth(node),
  'ready-to-serve-clients': ({ node }) => readinessHealth(node),
  'metadata-store/initialized': () => vhostHealth(),
  'metadata-store/initialized/with-data': () => vhostHealth(),
};

export const healthRoutes: readonly Route[] = [
  ...Object.entries(checks).map(([path, check]) =>
    get(`/health/checks/${path}`, 'auth', (request) => healthReply(check(request))),
  ),
  get('/healthchecks/node', 'auth', ({ node }) => healthReply(nodeHealth(node))),
  get('/healthchecks/node/:node', 'auth', (request) => {
    if (!isThisNode(request.node, request.parameter('node'))) throw notFound();
    return healthReply(nodeHealth(request.node));
  }),
  get('/aliveness-test/:vhost', 'vhost', async (request) => {
    const { node, requester } = request;
    return healthReply(await aliveness(node, requester, request.parameter('vhost')));
  }),
];

function requireUnit(request: ApiRequest): void {
  if (!/^(?:days?|weeks?|months?|years?)$/.test(request.parameter('unit'))) {
    throw badRequest('Time unit not recognised. Supported units: days, weeks, months, years.');
  }
  if (!/^\d{1,9}$/.test(request.parameter('within'))) {
    throw badRequest('Invalid expiration value.');
  }
}

function healthReply({ isGood, view }: Health): Reply {
  const reply = json({ status: isGood ? 'ok' : 'failed', ...view });
  return isGood ? reply : { ...reply, status: 503 };
}
