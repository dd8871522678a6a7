// Whether a requester may use a route: the classes of route.ts, with RabbitMQ's texts.

import type { AdminNode } from '../admin/admin-node.ts';
import {
  isAdministrator,
  mayMakePolicies,
  mayManage,
  mayMonitor,
  maySeeVhost,
  mayUseVhost,
  type Requester,
} from '../admin/requester.ts';
import { vhostExists } from '../admin/vhosts.ts';
import { notAuthorised, notFound } from './http-error.ts';
import type { AccessClass } from './route.ts';

const refusals = {
  tag: 'Not management user',
  monitor: 'Not monitor user',
  administrator: 'Not administrator user',
  vhost: 'User not authorised to access virtual host',
  object: 'User not authorised to access object',
} as const;

/** `vhost`: the name in the path. Throws HttpError. */
export function checkAccess(
  access: AccessClass,
  node: AdminNode,
  requester: Requester,
  vhost: string | undefined,
): void {
  if (access === 'none') return;
  if (!mayManage(requester)) throw notAuthorised(refusals.tag);
  if (access === 'mon' && !mayMonitor(requester)) throw notAuthorised(refusals.monitor);
  if (access === 'admin' && !isAdministrator(requester)) {
    throw notAuthorised(refusals.administrator);
  }
  if (access === 'policy' && !mayMakePolicies(requester)) throw notAuthorised(refusals.object);
  if (vhost === undefined) return;
  // Known to be missing by anyone with a tag, as in RabbitMQ.
  if (!vhostExists(node, vhost)) throw notFound();
  if (!mayUse(access, node, requester, vhost)) {
    throw notAuthorised(access === 'policy' ? refusals.object : refusals.vhost);
  }
}

function mayUse(
  access: AccessClass,
  node: AdminNode,
  requester: Requester,
  vhost: string,
): boolean {
  if (access === 'visible') return maySeeVhost(node, requester, vhost);
  return mayUseVhost(node, requester, vhost);
}
