// What an operator changes while the broker runs, in RabbitMQ's terms: policies, vhosts, limits, users,
// permissions, tracing. The embedded API's `admin`; whatever else lets operators in builds on it.

import {
  type InternalUsers,
  type PermissionPatterns,
  USER_LIMITS,
} from '../auth/internal-users.ts';
import { expandVariables, type TopicPatterns } from '../auth/topic-permissions.ts';
import type { UserLimit } from '../broker/access.ts';
import type { Broker } from '../broker/broker.ts';
import type { ApplyTo, PolicyKind } from '../broker/policy/policy.ts';
import { QUEUE_TYPES, type QueueTypeName } from '../broker/queue/queue-types.ts';
import { VHOST_LIMITS, type VhostLimit } from '../broker/vhost/vhost.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import type { AdminNode } from './admin-node.ts';
import type { Changes } from './changes.ts';
import {
  requireBoolean,
  requireFields,
  requireInteger,
  requireLimitName,
  requireName,
  requirePattern,
  requireTags,
  requireText,
} from './checks.ts';

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
  readonly #broker: Broker;
  readonly #users: InternalUsers;
  readonly #changes: Changes;

  constructor({ broker, users, changes }: Pick<AdminNode, 'broker' | 'users' | 'changes'>) {
    this.#broker = broker;
    this.#users = users;
    this.#changes = changes;
  }

  // --- Policies -----------------------------------------------------------------------------

  /** Sets or replaces a policy: `setPolicy('/', 'short', { pattern: '^q', definition: { 'max-length': 10 } })`. */
  setPolicy(vhost: string, name: string, policy: PolicySettings): Promise<void> {
    return this.#change(() => this.#setPolicy('policy', vhost, name, policy));
  }

  /** NotFoundError when there is no such policy. */
  clearPolicy(vhost: string, name: string): Promise<void> {
    return this.#change(() => this.#broker.policies.clear('policy', vhost, name));
  }

  /** A bound that users' policies and arguments cannot exceed; for queues, and not for all keys. */
  setOperatorPolicy(vhost: string, name: string, policy: PolicySettings): Promise<void> {
    return this.#change(() => this.#setPolicy('operator_policy', vhost, name, policy));
  }

  /** NotFoundError when there is no such operator policy. */
  clearOperatorPolicy(vhost: string, name: string): Promise<void> {
    return this.#change(() => this.#broker.policies.clear('operator_policy', vhost, name));
  }

  // --- Virtual hosts ------------------------------------------------------------------------

  /** Nobody has permissions there yet. One that exists stays, and takes the settings given. */
  createVhost(name: string, settings: VhostSettings = {}): Promise<void> {
    return this.#change(() => {
      requireName('vhost', name, 0);
      requireFields('vhost settings', settings, ['defaultQueueType']);
      const { defaultQueueType } = settings;
      const type = QUEUE_TYPES.get(defaultQueueType ?? '');
      if (defaultQueueType !== undefined && type === undefined) {
        const types = [...QUEUE_TYPES.keys()].join(', ');
        throw new ValidationError(
          `defaultQueueType '${defaultQueueType}' unrecognised; should be one of: ${types}`,
        );
      }
      const { vhosts } = this.#broker;
      vhosts.create(name);
      if (type !== undefined) vhosts.setDefaultQueueType(name, type);
    });
  }

  /** Closes its connections and deletes all that is in it, with policies and permissions. */
  deleteVhost(name: string): Promise<void> {
    return this.#change(() => {
      this.#broker.deleteVhost(name);
      this.#users.clearVhost(name);
    });
  }

  /** Negative: no limit. 0: none allowed. What is there already stays. */
  setVhostLimit(vhost: string, limit: VhostLimit, value: number): Promise<void> {
    return this.#change(() => {
      requireLimitName('limits', VHOST_LIMITS, limit, value);
      requireInteger(limit, value);
      this.#broker.vhosts.setLimit(vhost, limit, value);
    });
  }

  /** Also when it has no such limit. */
  clearVhostLimit(vhost: string, limit: VhostLimit): Promise<void> {
    return this.#change(() => {
      requireLimitName('limits', VHOST_LIMITS, limit, undefined);
      this.#broker.vhosts.setLimit(vhost, limit, undefined);
    });
  }

  /** The firehose: copies of all messages of the vhost go to amq.rabbitmq.trace. Off after a restart. */
  setTracing(vhost: string, isOn: boolean): Promise<void> {
    return this.#change(() => {
      requireBoolean('isOn', isOn);
      this.#broker.vhosts.existing(vhost);
      this.#broker.setTracing(vhost, isOn);
    });
  }

  // --- Users --------------------------------------------------------------------------------

  /** Creates the user, or replaces password and tags; permissions and limits stay. */
  putUser(name: string, settings: UserSettings): Promise<void> {
    return this.#change(() => {
      requireName('user', name, 1);
      requireFields('user settings', settings, ['password', 'tags']);
      const { password, tags = [] } = settings;
      requireText('password', password);
      requireTags(tags);
      this.#users.putUser(name, password, tags);
    });
  }

  /** Closes the user's connections and deletes the user with all permissions. */
  deleteUser(name: string): Promise<void> {
    return this.#change(() => {
      requireFound(name, this.#users.deleteUser(name));
      const reason = `user '${name}' is deleted`;
      this.#broker.closeConnections((connection) => connection.user?.name === name, reason);
    });
  }

  /** Negative: no limit. 0: none allowed. What is open already stays. */
  setUserLimit(user: string, limit: UserLimit, value: number): Promise<void> {
    return this.#change(() => {
      requireLimitName('user-limits', USER_LIMITS, limit, value);
      requireInteger(limit, value);
      requireFound(user, this.#users.setUserLimit(user, limit, value));
    });
  }

  /** Also when the user has no such limit. */
  clearUserLimit(user: string, limit: UserLimit): Promise<void> {
    return this.#change(() => {
      requireLimitName('user-limits', USER_LIMITS, limit, undefined);
      requireFound(user, this.#users.setUserLimit(user, limit, undefined));
    });
  }

  // --- Permissions --------------------------------------------------------------------------

  /** Regular expressions for names of queues and exchanges; an empty one denies all. */
  setPermission(user: string, vhost: string, patterns: PermissionPatterns): Promise<void> {
    return this.#change(() => {
      requireFields('permission', patterns, ['configure', 'write', 'read']);
      const { configure, write, read } = patterns;
      requirePattern('configure', configure);
      requirePattern('write', write);
      requirePattern('read', read);
      this.#broker.vhosts.existing(vhost);
      requireFound(user, this.#users.setPermission(user, vhost, { configure, write, read }));
    });
  }

  /** The user can no longer connect to the vhost. Also when there is no such permission. */
  clearPermission(user: string, vhost: string): Promise<void> {
    return this.#change(() => {
      this.#broker.vhosts.existing(vhost);
      requireFound(user, this.#users.has(user));
      this.#users.clearPermission(user, vhost);
    });
  }

  /** Routing keys to publish and to bind with at a topic exchange; `{username}` and `{vhost}` are filled in. */
  setTopicPermission(
    user: string,
    vhost: string,
    exchange: string,
    patterns: TopicPatterns,
  ): Promise<void> {
    return this.#change(() => {
      requireName('exchange', exchange, 0);
      requireFields('topic permission', patterns, ['write', 'read']);
      const { write, read } = patterns;
      const filledIn = (pattern: string) => expandVariables(pattern, { username: user, vhost });
      requirePattern('write', write, filledIn);
      requirePattern('read', read, filledIn);
      this.#broker.vhosts.existing(vhost);
      requireFound(user, this.#users.setTopicPermission(user, vhost, exchange, { write, read }));
    });
  }

  /** Without an exchange: those for all exchanges of the vhost. Also when there are none. */
  clearTopicPermissions(user: string, vhost: string, exchange?: string): Promise<void> {
    return this.#change(() => {
      this.#broker.vhosts.existing(vhost);
      requireFound(user, this.#users.clearTopicPermissions(user, vhost, exchange));
    });
  }

  // --- Inside -------------------------------------------------------------------------------

  #setPolicy(kind: PolicyKind, vhost: string, name: string, policy: PolicySettings): void {
    requireText('name', name);
    requireFields('policy', policy, ['pattern', 'definition', 'priority', 'applyTo']);
    const { pattern, definition, priority, applyTo } = policy;
    const fields = { pattern, definition, priority, 'apply-to': applyTo };
    this.#broker.policies.set(kind, vhost, name, fields);
  }

  #change(make: () => void): Promise<void> {
    return this.#changes.make(make);
  }
}

function requireFound(user: string, isFound: boolean): void {
  if (!isFound) throw new NotFoundError(`User '${user}' does not exist`);
}
