// What a client may do with queues, in RabbitMQ's order of checks.

import {
  notFound,
  notImplemented,
  preconditionFailed,
  resourceLocked,
} from '../../protocol/amqp-error.ts';
import { type FieldTable, fieldTypeName } from '../../protocol/field-table.ts';
import type { Actor } from '../actor.ts';
import {
  comparedArguments,
  queueTypeOf,
  requireSupportedArguments,
  validateQueueArguments,
} from '../queue/arguments.ts';
import type { Queue } from '../queue/queue.ts';
import { storageIdCount } from '../queue/queue-lanes.ts';
import { settingsOf } from '../queue/queue-settings.ts';
import { DEFAULT_QUEUE_TYPE, type QueueType } from '../queue/queue-types.ts';
import { withDefaultQueueType } from './default-queue-type.ts';
import { requireSameArguments, requireSameField } from './equivalence.ts';
import { requireShort, requireUnreservedName, stripCrLf } from './names.ts';
import { requirePermission, resourceText } from './permissions.ts';
import { putQueue } from './records.ts';
import type { Removal } from './removal.ts';
import type {
  DeclaredQueue,
  DeletedQueue,
  QueueDeclaration,
  QueueDeletion,
  TopologyContext,
} from './requests.ts';
import type { VirtualHost } from './vhost.ts';

const SERVER_NAME_RANDOM_BYTES = 16;
const DEAD_LETTER_EXCHANGE = 'x-dead-letter-exchange';

export class QueueRules {
  readonly #context: TopologyContext;
  readonly #removal: Removal;
  /** Exclusive queues by the connection that owns them. */
  readonly #owned = new Map<object, Set<Queue>>();

  constructor(context: TopologyContext, removal: Removal) {
    this.#context = context;
    this.#removal = removal;
  }

  declare(actor: Actor, vhost: VirtualHost, declared: QueueDeclaration): DeclaredQueue {
    const defaultType = vhost.defaultQueueType ?? this.#context.vhosts.defaultQueueType;
    const declaration = withDefaultQueueType(declared, defaultType);
    const name = this.#actualName(declaration);
    requirePermission(this.#context.access, actor, vhost.name, 'configure', 'queue', name);
    const existing = vhost.queues.get(name);
    if (existing !== undefined) {
      requireEquivalent(actor, existing, declaration);
      existing.used();
      return { queue: existing, isStored: false };
    }
    const resource = resourceText('queue', name, vhost.name);
    this.#requireRoom(vhost, name);
    this.#requireDeadLetterPermission(actor, vhost, name, declaration.arguments);
    const type = validateQueueArguments(resource, declaration.arguments);
    if (type.isReplicated) requireReplicable(resource, declaration);
    requireSupportedArguments(resource, type, declaration.arguments);
    const created = this.#create(actor, vhost, name, declaration);
    this.#context.counts.churn.queuesCreated++;
    this.#context.events.queueCreated(created.queue, actor.user.name);
    return created;
  }

  /** Passive declare: existence, then exclusivity. */
  check(actor: Actor, vhost: VirtualHost, declaredName: string): Queue {
    const queue = requireQueue(vhost, stripCrLf(declaredName));
    requireAccessible(actor, queue);
    queue.used();
    return queue;
  }

  delete(actor: Actor, vhost: VirtualHost, deletion: QueueDeletion): DeletedQueue {
    const name = stripCrLf(deletion.name);
    requirePermission(this.#context.access, actor, vhost.name, 'configure', 'queue', name);
    const queue = vhost.queues.get(name);
    if (queue === undefined) return { messageCount: 0, isStored: false };
    requireAccessible(actor, queue);
    const resource = resourceText('queue', name, vhost.name);
    if (!queue.type.allowsConditionalDelete) requireUnconditional(resource, queue.type, deletion);
    queue.catchUp();
    const messageCount = queue.readyCount + queue.waitingCount;
    if (deletion.ifEmpty && messageCount > 0) throw preconditionFailed(`${resource} not empty`);
    if (deletion.ifUnused && queue.consumerCount > 0)
      throw preconditionFailed(`${resource} in use`);
    return { messageCount, isStored: this.#remove(vhost, queue, actor.user.name) };
  }

  /** Returns how many ready messages went. */
  purge(actor: Actor, vhost: VirtualHost, name: string): number {
    requirePermission(this.#context.access, actor, vhost.name, 'read', 'queue', name);
    const queue = requireQueue(vhost, name);
    requireAccessible(actor, queue);
    return queue.purge();
  }

  /** The last consumer of a queue left. Returns whether a stored record went away. */
  unused(queue: Queue): boolean {
    if (!queue.isAutoDelete || queue.consumerCount > 0) return false;
    return this.#removeIfPresent(queue);
  }

  /** Nobody used the queue for long enough. Returns whether a stored record went away. */
  expired(queue: Queue): boolean {
    return this.#removeIfPresent(queue);
  }

  /** A connection is gone. */
  deleteExclusive(connection: object): void {
    const owned = this.#owned.get(connection);
    if (owned === undefined) return;
    this.#owned.delete(connection);
    for (const queue of owned) this.#removeIfPresent(queue);
  }

  #actualName(declaration: QueueDeclaration): string {
    const name = stripCrLf(declaration.name);
    if (name !== '') {
      requireShort('queue', name);
      requireUnreservedName('queue', name);
      return name;
    }
    const type = queueTypeOf(declaration.arguments);
    if (typeof type !== 'string' && type.isReplicated) {
      throw preconditionFailed(`Cannot declare a server-named queue for type ${type.moduleName}`);
    }
    return `amq.gen-${this.#context.random.bytes(SERVER_NAME_RANDOM_BYTES).toString('base64url')}`;
  }

  #requireDeadLetterPermission(
    actor: Actor,
    vhost: VirtualHost,
    name: string,
    queueArguments: FieldTable,
  ): void {
    const value = queueArguments.get(DEAD_LETTER_EXCHANGE);
    if (value === undefined) return;
    if (value.type !== 'S') {
      const resource = resourceText('queue', name, vhost.name);
      throw preconditionFailed(
        `invalid type '${fieldTypeName(value.type)}' for arg '${DEAD_LETTER_EXCHANGE}' in ${resource}`,
      );
    }
    const { access } = this.#context;
    const exchangeName = value.value.toString('utf8');
    requirePermission(access, actor, vhost.name, 'read', 'queue', name);
    requirePermission(access, actor, vhost.name, 'write', 'exchange', exchangeName);
  }

  #requireRoom(vhost: VirtualHost, name: string): void {
    const max = Math.min(this.#context.limits.queuesPerVhostMax, vhost.limit('max-queues'));
    if (vhost.queues.size < max) return;
    throw preconditionFailed(
      `cannot declare queue '${name}': queue limit in vhost '${vhost.name}' (${max}) is reached`,
    );
  }

  #create(
    actor: Actor,
    vhost: VirtualHost,
    name: string,
    declaration: QueueDeclaration,
  ): DeclaredQueue {
    const { createQueue, ids, metadata } = this.#context;
    const exclusiveOwner = declaration.isExclusive ? actor.connection : undefined;
    const queue = createQueue({
      vhostName: vhost.name,
      name,
      // An exclusive queue cannot outlive its connection, so the durable bit means nothing there.
      isDurable: declaration.isDurable && !declaration.isExclusive,
      isAutoDelete: declaration.isAutoDelete,
      exclusiveOwner,
      arguments: declaration.arguments,
      storageId: ids.take(storageIdCount(settingsOf(declaration.arguments))),
    });
    vhost.queues.set(name, queue);
    vhost.policies.applyToQueue(queue);
    vhost.topologyRevision++;
    if (exclusiveOwner !== undefined) this.#own(exclusiveOwner, queue);
    if (queue.isDurable) putQueue(metadata, queue);
    return { queue, isStored: queue.isDurable };
  }

  #own(owner: object, queue: Queue): void {
    const owned = this.#owned.get(owner);
    if (owned === undefined) this.#owned.set(owner, new Set([queue]));
    else owned.add(queue);
  }

  #disown(queue: Queue): void {
    if (queue.exclusiveOwner === undefined) return;
    const owned = this.#owned.get(queue.exclusiveOwner);
    owned?.delete(queue);
    if (owned?.size === 0) this.#owned.delete(queue.exclusiveOwner);
  }

  /** False too when the queue, or its vhost, is gone already. */
  #removeIfPresent(queue: Queue): boolean {
    const vhost = this.#context.vhosts.get(queue.vhostName);
    if (vhost?.queues.get(queue.name) !== queue) return false;
    return this.#remove(vhost, queue);
  }

  #remove(vhost: VirtualHost, queue: Queue, userName?: string): boolean {
    this.#disown(queue);
    return this.#removal.removeQueue(vhost, queue, userName);
  }
}

/** Throws 404. */
export function requireQueue(vhost: VirtualHost, name: string): Queue {
  const queue = vhost.queues.get(name);
  if (queue !== undefined) return queue;
  throw notFound(`no ${resourceText('queue', name, vhost.name)}`);
}

/** Throws 405 when the queue is exclusive to another connection. */
export function requireAccessible(actor: Actor, queue: Queue): void {
  if (queue.exclusiveOwner === undefined || queue.exclusiveOwner === actor.connection) return;
  throw locked(queue);
}

function locked(queue: Queue): Error {
  const resource = resourceText('queue', queue.name, queue.vhostName);
  return resourceLocked(
    `cannot obtain exclusive access to locked ${resource}. It could be originally declared on ` +
      'another connection or the exclusive property value does not match that of the original declaration.',
  );
}

function requireEquivalent(actor: Actor, existing: Queue, declaration: QueueDeclaration): void {
  const owner = declaration.isExclusive ? actor.connection : undefined;
  if (existing.exclusiveOwner !== owner) throw locked(existing);
  const resource = resourceText('queue', existing.name, existing.vhostName);
  const isDurable = declaration.isDurable && !declaration.isExclusive;
  requireSameField(resource, 'durable', isDurable, existing.isDurable);
  requireSameField(resource, 'auto_delete', declaration.isAutoDelete, existing.isAutoDelete);
  const names = comparedArguments(typeOf(existing).name);
  requireSameArguments(resource, names, declaration.arguments, existing.arguments);
  // Absent, empty and `classic` are one type; a difference is reported as it was declared.
  if (queueTypeOf(declaration.arguments) !== queueTypeOf(existing.arguments)) {
    requireSameArguments(resource, ['x-queue-type'], declaration.arguments, existing.arguments);
  }
}

function typeOf(queue: Queue): QueueType {
  const type = queueTypeOf(queue.arguments);
  return typeof type === 'string' ? DEFAULT_QUEUE_TYPE : type;
}

function requireUnconditional(resource: string, type: QueueType, deletion: QueueDeletion): void {
  if (!deletion.ifUnused && !deletion.ifEmpty) return;
  const flag = deletion.ifUnused ? 'if-unused' : 'if-empty';
  throw notImplemented(
    `cannot delete ${resource}. queue.delete operations with ${flag} flag set are not supported by ${type.name} queues`,
  );
}

/** Quorum queues and streams are durable, shared and lasting. */
function requireReplicable(resource: string, declaration: QueueDeclaration): void {
  if (declaration.isAutoDelete) {
    throw preconditionFailed(`invalid property 'auto-delete' for ${resource}`);
  }
  if (declaration.isExclusive) {
    throw preconditionFailed(`invalid property 'exclusive-owner' for ${resource}`);
  }
  if (!declaration.isDurable) {
    throw preconditionFailed(`invalid property 'non-durable' for ${resource}`);
  }
}
