// Who asks over the management API, and what the user's tags let them see. RabbitMQ's rules: a tag opens
// kinds of requests, a permission row opens a vhost.

import type { User } from '../broker/access.ts';
import type { AdminNode } from './admin-node.ts';

export interface Requester {
  readonly user: User;
  /** From where, for the audit log. */
  readonly address: string;
}

const MANAGEMENT_TAGS = ['administrator', 'monitoring', 'policymaker', 'management'];
const POLICYMAKER_TAGS = ['administrator', 'policymaker'];
const MONITORING_TAGS = ['administrator', 'monitoring'];
const ADMINISTRATOR_TAGS = ['administrator'];

function hasTag({ user }: Requester, tags: readonly string[]): boolean {
  return user.tags.some((tag) => tags.includes(tag));
}

export const mayManage = (requester: Requester) => hasTag(requester, MANAGEMENT_TAGS);
export const mayMakePolicies = (requester: Requester) => hasTag(requester, POLICYMAKER_TAGS);
export const mayMonitor = (requester: Requester) => hasTag(requester, MONITORING_TAGS);
export const isAdministrator = (requester: Requester) => hasTag(requester, ADMINISTRATOR_TAGS);

/** True when the requester may see what is in the vhost: queues, exchanges, policies. */
export function mayUseVhost(node: AdminNode, requester: Requester, vhost: string): boolean {
  return isAdministrator(requester) || node.users.mayUseVhost(requester.user, vhost);
}

/** True when the requester may know of the vhost, its limits and consumers. */
export function maySeeVhost(node: AdminNode, requester: Requester, vhost: string): boolean {
  return mayMonitor(requester) || node.users.mayUseVhost(requester.user, vhost);
}

/** True for the owner of a connection, and for those who may see all of them. */
export function maySeeOwned(requester: Requester, userName: string | undefined): boolean {
  return mayMonitor(requester) || requester.user.name === userName;
}
