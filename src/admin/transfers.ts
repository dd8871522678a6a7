// Moving messages between queues, and dead letters back to where they died first. Each transfer runs on its
// own; here they are started, watched and cancelled.

import type { Actor } from '../broker/actor.ts';
import { headersOf } from '../broker/message/message-properties.ts';
import {
  type ChooseTarget,
  MessageTransfer,
  type TransferRequest,
} from '../broker/operator/message-transfer.ts';
import type { Queue } from '../broker/queue/queue.ts';
import { requirePermission } from '../broker/vhost/permissions.ts';
import type { VirtualHost } from '../broker/vhost/vhost.ts';
import type { FieldTable, FieldValue } from '../protocol/field-table.ts';
import { NotFoundError, ValidationError } from '../util/request-errors.ts';
import { actorOf } from './actor.ts';
import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';
import type { ListSource } from './listing.ts';
import { queueByName } from './queues.ts';
import { mayUseVhost, type Requester } from './requester.ts';

const RUNNING_MAX = 64;
/** Of those that ended, the latest are remembered. */
const ENDED_MAX = 100;
const RATE_MAX = 1_000_000;

export interface TransferOptions {
  /** Messages to look at, at most; undefined: as many as are ready now. */
  readonly count: number | undefined;
  /** Messages per second; undefined: as fast as it goes. */
  readonly rate: number | undefined;
}

export interface Transfer {
  readonly id: string;
  readonly kind: 'move' | 'redrive';
  readonly vhost: string;
  readonly userName: string;
  /** Undefined: each message has its own. */
  readonly destination: { readonly vhost: string; readonly name: string } | undefined;
  readonly work: MessageTransfer;
}

/** Those of one node. */
export class Transfers {
  readonly #byId = new Map<string, Transfer>();
  #lastId = 0;

  get all(): readonly Transfer[] {
    return [...this.#byId.values()];
  }

  get(id: string): Transfer | undefined {
    return this.#byId.get(id);
  }

  start(
    { broker }: AdminNode,
    request: TransferRequest,
    about: Omit<Transfer, 'id' | 'work'>,
  ): Transfer {
    const running = this.all.filter(({ work }) => work.state === 'running');
    if (running.length >= RUNNING_MAX) {
      throw new ValidationError(`there are ${RUNNING_MAX} transfers already`);
    }
    if (running.some(({ work }) => work.request.source === request.source)) {
      throw new ValidationError(
        `messages of queue '${request.source.name}' are being moved already`,
      );
    }
    const work = new MessageTransfer(broker.clock, broker.turn, request, () => this.#forget());
    const transfer = { ...about, id: String(++this.#lastId), work };
    this.#byId.set(transfer.id, transfer);
    work.start();
    return transfer;
  }

  #forget(): void {
    const ended = this.all.filter(({ work }) => work.state !== 'running');
    for (const { id } of ended.slice(0, Math.max(0, ended.length - ENDED_MAX))) {
      this.#byId.delete(id);
    }
  }
}

export interface MoveTarget {
  readonly vhost: string;
  readonly queue: string;
}

/** Moves messages from the head of a queue to the tail of another. */
export function moveMessages(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  target: MoveTarget,
  options: TransferOptions,
): View {
  const source = readable(node, requester, vhostName, name);
  if (!mayUseVhost(node, requester, target.vhost)) {
    throw new NotFoundError(`no queue '${target.queue}' in vhost '${target.vhost}'`);
  }
  requireWrite(node, actorOf(requester), target.vhost);
  const destination = queueByName(node, target.vhost, target.queue);
  if (destination === source) throw new ValidationError('source and destination are one queue');
  requireShared(destination);
  return start(node, requester, source, options, () => destination, {
    kind: 'move',
    destination: { vhost: destination.vhostName, name: destination.name },
  });
}

/** Gives dead letters back to the queues where they died first. What died nowhere stays. */
export function redriveMessages(
  node: AdminNode,
  requester: Requester,
  vhostName: string,
  name: string,
  options: TransferOptions,
): View {
  const source = readable(node, requester, vhostName, name);
  requireWrite(node, actorOf(requester), vhostName);
  const vhost = node.broker.vhosts.existing(vhostName);
  return start(node, requester, source, options, firstDeathQueue(vhost, source), {
    kind: 'redrive',
    destination: undefined,
  });
}

function start(
  node: AdminNode,
  requester: Requester,
  source: Queue,
  { count, rate }: TransferOptions,
  choose: ChooseTarget,
  about: Pick<Transfer, 'kind' | 'destination'>,
): View {
  if (count !== undefined && count < 1) throw new ValidationError('count has to be above 0');
  if (rate !== undefined && (rate < 1 || rate > RATE_MAX)) {
    throw new ValidationError(`rate has to be between 1 and ${RATE_MAX} messages per second`);
  }
  const request = { source, choose, rate, count: Math.min(count ?? source.readyCount, 2 ** 31) };
  const { vhostName: vhost } = source;
  const userName = requester.user.name;
  return transferView(node.transfers.start(node, request, { ...about, vhost, userName }));
}

function readable(node: AdminNode, requester: Requester, vhostName: string, name: string): Queue {
  const queue = queueByName(node, vhostName, name);
  const actor = actorOf(requester);
  requirePermission(node.broker.access, actor, vhostName, 'read', 'queue', queue.name);
  requireShared(queue);
  return queue;
}

/** To put a message into a queue is to publish it by the default exchange. */
function requireWrite({ broker }: AdminNode, actor: Actor, vhostName: string): void {
  requirePermission(broker.access, actor, vhostName, 'write', 'exchange', '');
}

function requireShared({ exclusiveOwner, name }: Queue): void {
  if (exclusiveOwner === undefined) return;
  throw new ValidationError(`queue '${name}' is exclusive to a connection`);
}

function firstDeathQueue(vhost: VirtualHost, source: Queue): ChooseTarget {
  return (message) => {
    const name = firstDeathName(headersOf(message));
    const queue = name === undefined ? undefined : vhost.queues.get(name);
    return queue === source || queue?.exclusiveOwner !== undefined ? undefined : queue;
  };
}

/** The queue where a message died first: of the header for that, or of the oldest entry of x-death. */
function firstDeathName(headers: FieldTable): string | undefined {
  const named = textOf(headers.get('x-first-death-queue'));
  if (named !== undefined) return named;
  const deaths = headers.get('x-death');
  const oldest = deaths?.type === 'A' ? deaths.value.at(-1) : undefined;
  return oldest?.type === 'F' ? textOf(oldest.value.get('queue')) : undefined;
}

function textOf(field: FieldValue | undefined): string | undefined {
  return field?.type === 'S' ? field.value.toString('utf8') : undefined;
}

/** Those in vhosts that the requester may use. */
export function transferList(node: AdminNode, requester: Requester): ListSource<Transfer> {
  const items = node.transfers.all.filter(({ vhost }) => mayUseVhost(node, requester, vhost));
  return { items, name: ({ id }) => id, view: transferView };
}

/** Throws NotFoundError. */
export function transferById(node: AdminNode, requester: Requester, id: string): Transfer {
  const transfer = node.transfers.get(id);
  if (transfer !== undefined && mayUseVhost(node, requester, transfer.vhost)) return transfer;
  throw new NotFoundError(`no transfer '${id}'`);
}

export function transferView(transfer: Transfer): View {
  const { id, kind, vhost, userName, destination, work } = transfer;
  const { state, reason, movedCount, stayedCount, request } = work;
  return {
    id,
    kind,
    state,
    ...(reason !== undefined && { reason }),
    source: { vhost, name: request.source.name },
    ...(destination !== undefined && { destination }),
    user: userName,
    total: request.count,
    moved: movedCount,
    stayed: stayedCount,
    ...(request.rate !== undefined && { rate: request.rate }),
  };
}
