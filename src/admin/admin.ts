// What an operator changes while the broker runs, in RabbitMQ's terms, for programs that embed the broker:
// policies, vhosts, limits, users, permissions, tracing. The rules are those of the resources in admin/.

import type { PermissionPatterns } from '../auth/internal-users.ts';
import type { TopicPatterns } from '../auth/topic-permissions.ts';
import type { UserLimit } from '../broker/access.ts';
import type { ApplyTo, PolicyKind } from '../broker/policy/policy.ts';
import type { QueueTypeName } from '../broker/queue/queue-types.ts';
import type { VhostLimit } from '../broker/vhost/vhost.ts';
import type { AdminNode } from './admin-node.ts';
import { requireBoolean, requireFields, requireText } from './checks.ts';
import { clearUserLimit, clearVhostLimit, setUserLimit, setVhostLimit } from './limits.ts';
import {
  clearPermission,
  clearTopicPermissions,
  putPermission,
  putTopicPermission,
} from './permissions.ts';
import { clearPolicy, putPolicy } from './policies.ts';
import { deleteUser, putUser, withPreparedUser } from './users.ts';
import { deleteVhost, putVhost } from './vhosts.ts';

export interface PolicySettings {
  /** Regular expression, searched anywhere in the name of a queue or exchange. */
  readonly pattern: string;
  /** Keys and values as in RabbitMQ: `{ 'max-length': 10 }`. */
  readonly definition: Readonly<Record<string, unknown>>;
  /** Of those that match, the policy with the highest applies. Default 0. */
  readonly priority?: number;
  /** Default `all`. */
  readonly applyTo?: ApplyTo;
}

export interface VhostSettings {
  /** Of queues whose declaration names no type and suits it. Default: the node's. */
  readonly defaultQueueType?: QueueTypeName;
}

export interface UserSettings {
  readonly password: string;
  /** RabbitMQ's user tags; none by default. */
  readonly tags?: readonly string[];
}

/**
 * Every method checks all it was given before it changes anything, takes effect at once, and resolves
 * when the change is durable. Rejects with an error named `ValidationError` (a value that may not be
 * set; the message names the field), `NotFoundError` (a vhost, user or policy that does not exist), or
 * the reason why the broker has ended.
 */
export class Admin {
  readonly #node: AdminNode;

  constructor(node: AdminNode) {
    this.#node = node;
  }

  // --- Policies -----------------------------------------------------------------------------

  /** Sets or replaces a policy: `setPolicy('/', 'short', { pattern: '^q', definition: { 'max-length': 10 } })`. */
  setPolicy(vhost: string, name: string, policy: PolicySettings): Promise<void> {
    return this.#change(() => this.#setPolicy('policy', vhost, name, policy));
  }

  /** NotFoundError when there is no such policy. */
  clearPolicy(vhost: string, name: string): Promise<void> {
    return this.#change(() => clearPolicy(this.#node, 'policy', vhost, name));
  }

  /** A bound that users' policies and arguments cannot exceed; for queues, and not for all keys. */
  setOperatorPolicy(vhost: string, name: string, policy: PolicySettings): Promise<void> {
    return this.#change(() => this.#setPolicy('operator_policy', vhost, name, policy));
  }

  /** NotFoundError when there is no such operator policy. */
  clearOperatorPolicy(vhost: string, name: string): Promise<void> {
    return this.#change(() => clearPolicy(this.#node, 'operator_policy', vhost, name));
  }

  // --- Virtual hosts ------------------------------------------------------------------------

  /** Nobody has permissions there yet. One that exists stays, and takes the settings given. */
  createVhost(name: string, settings: VhostSettings = {}): Promise<void> {
    return this.#change(() => {
      requireFields('vhost settings', settings, ['defaultQueueType']);
      const { defaultQueueType: type } = settings;
      putVhost(this.#node, name, type === undefined ? {} : { default_queue_type: type });
    });
  }

  /** Closes its connections and deletes all that is in it, with policies and permissions. */
  deleteVhost(name: string): Promise<void> {
    return this.#change(() => deleteVhost(this.#node, name));
  }

  /** Negative: no limit. 0: none allowed. What is there already stays. */
  setVhostLimit(vhost: string, limit: VhostLimit, value: number): Promise<void> {
    return this.#change(() => setVhostLimit(this.#node, vhost, limit, value));
  }

  /** Also when it has no such limit. */
  clearVhostLimit(vhost: string, limit: VhostLimit): Promise<void> {
    return this.#change(() => clearVhostLimit(this.#node, vhost, limit));
  }

  /** The firehose: copies of all messages of the vhost go to amq.rabbitmq.trace. Off after a restart. */
  setTracing(vhost: string, isOn: boolean): Promise<void> {
    return this.#change(() => {
      requireBoolean('isOn', isOn);
      this.#node.broker.vhosts.existing(vhost);
      putVhost(this.#node, vhost, { tracing: isOn });
    });
  }

  // --- Users --------------------------------------------------------------------------------

  /** Creates the user, or replaces password and tags; permissions and limits stay. */
  async putUser(name: string, settings: UserSettings): Promise<void> {
    requireFields('user settings', settings, ['password', 'tags']);
    const { password, tags = [] } = settings;
    requireText('password', password);
    await withPreparedUser(this.#node, { password, tags }, (user) =>
      this.#change(() => putUser(this.#node, name, user)),
    );
  }

  /** Closes the user's connections and deletes the user with all permissions. */
  deleteUser(name: string): Promise<void> {
    return this.#change(() => deleteUser(this.#node, name));
  }

  /** Negative: no limit. 0: none allowed. What is open already stays. */
  setUserLimit(user: string, limit: UserLimit, value: number): Promise<void> {
    return this.#change(() => setUserLimit(this.#node, user, limit, value));
  }

  /** Also when the user has no such limit. */
  clearUserLimit(user: string, limit: UserLimit): Promise<void> {
    return this.#change(() => clearUserLimit(this.#node, user, limit));
  }

  // --- Permissions --------------------------------------------------------------------------

  /** Regular expressions for names of queues and exchanges; an empty one denies all. */
  setPermission(user: string, vhost: string, patterns: PermissionPatterns): Promise<void> {
    return this.#change(() => putPermission(this.#node, vhost, user, patterns));
  }

  /** The user can no longer connect to the vhost. Also when there is no such permission. */
  clearPermission(user: string, vhost: string): Promise<void> {
    return this.#change(() => clearPermission(this.#node, vhost, user));
  }

  /** Routing keys to publish and to bind with at a topic exchange; `{username}` and `{vhost}` are filled in. */
  setTopicPermission(
    user: string,
    vhost: string,
    exchange: string,
    patterns: TopicPatterns,
  ): Promise<void> {
    return this.#change(() => putTopicPermission(this.#node, vhost, user, exchange, patterns));
  }

  /** Without an exchange: those for all exchanges of the vhost. Also when there are none. */
  clearTopicPermissions(user: string, vhost: string, exchange?: string): Promise<void> {
    return this.#change(() => clearTopicPermissions(this.#node, vhost, user, exchange));
  }

  // --- Inside -------------------------------------------------------------------------------

  #setPolicy(kind: PolicyKind, vhost: string, name: string, policy: PolicySettings): void {
    requireText('name', name);
    requireFields('policy', policy, ['pattern', 'definition', 'priority', 'applyTo']);
    const { pattern, definition, priority, applyTo } = policy;
    const fields = { pattern, definition, priority, 'apply-to': applyTo };
    putPolicy(this.#node, kind, vhost, name, fields);
  }

  async #change(make: () => unknown): Promise<void> {
    await this.#node.changes.make(make);
  }
}
