// HOT. basic.publish: checks in RabbitMQ's order, route, enqueue, confirm. The common message (no
// sender-selected keys, expiration, reply-to or user-id; a cached route) touches integers only.

import {
  accessRefused,
  frameError,
  internalError,
  notFound,
  notImplemented,
  ofNoMethod,
  preconditionFailed,
  unexpectedFrame,
} from '../../protocol/amqp-error.ts';
import {
  type ContentHeaderScan,
  SCAN_NOT_BASIC,
  SCAN_OK,
  SCAN_WEIGHT,
} from '../../protocol/content-header-scan.ts';
import { FRAME_HEAD_BYTES } from '../../protocol/frame-constants.ts';
import { isUtf8 } from '../../protocol/utf8.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { IncomingRoute, ProbedRoute } from '../exchange/incoming-route.ts';
import { type CachedRoute, sameBytes } from '../exchange/route-cache.ts';
import { type IncomingMessage, LARGE_RECORD_BYTES } from '../message/incoming-message.ts';
import { exchangeName, recordOf, writeRecordHead } from '../message/message-record.ts';
import type { Queue } from '../queue/queue.ts';
import { requirePermission } from '../vhost/permissions.ts';
import type { Channel } from './channel.ts';

import { applyProperties, returnMessage } from './publish-properties.ts';
import { deliverReply, isReplyAddress } from './reply-to.ts';

const MANDATORY = 1;
const IMMEDIATE = 2;

/** The publishing side of one channel. */
export class ChannelPublishing {
  readonly #channel: Channel;
  /** The route of the publish before this one. */
  #last: CachedRoute | undefined;
  #lastRevision = -1;
  #lastAccessRevision = -1;
  /** The exchange that the user may write to, as checked last. */
  #writable: Exchange | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /**
   * Publishes the message that the node's IncomingMessage describes (buffer, names, content,
   * bodyBytes); `bits` are the flags of basic.publish.
   */
  publish(message: IncomingMessage, bits: number): void {
    if ((bits & IMMEDIATE) !== 0) throw notImplemented('immediate=true');
    const channel = this.#channel;
    const settings = channel.connection.settings;
    if (message.bodyBytes > settings.maxMessageBytes) throw tooLarge(message.bodyBytes, settings);
    const route = this.#cachedRoute(message);
    const exchange = route?.exchange ?? this.#lookUp(message);
    const scan = channel.node.scan;
    scanContent(scan, message);
    message.isPersistent = scan.deliveryMode === 2;
    const { record } = message;
    if (record !== undefined) writeRecordHead(record, record.length, message.isPersistent);
    let targets: readonly Queue[];
    if (route !== undefined && isPlain(scan)) {
      targets = route.targets;
    } else {
      const keys = applyProperties(channel, message, scan);
      if (exchange.name === '' && isReplyAddress(keys)) {
        deliverReply(channel.node, keys[0] as string, recordOf(message));
        channel.confirms?.published(false);
        return;
      }
      if (route === undefined || keys.length > 1) {
        return this.#publishRouted(message, exchange, keys, (bits & MANDATORY) !== 0);
      }
      targets = route.targets;
    }
    if (channel.transaction !== undefined) {
      channel.transaction.publish(recordOf(message), targets, (bits & MANDATORY) !== 0);
      return;
    }
    this.enqueue(message, targets, (bits & MANDATORY) !== 0);
  }

  /** Hands the message to its queues; returns it when it is mandatory and there are none. */
  enqueue(
    message: IncomingMessage,
    targets: readonly Queue[],
    isMandatory: boolean,
    isAwaited = false,
  ): void {
    const channel = this.#channel;
    const size = message.contentEnd - message.contentStart;
    if (size >= LARGE_RECORD_BYTES && message.record === undefined && targets.length > 0) {
      message.record = recordOf(message);
    }
    let needsCommit = isAwaited;
    for (let i = 0; i < targets.length; i++) {
      if ((targets[i] as Queue).enqueue(message)) needsCommit = true;
    }
    if (targets.length === 0 && isMandatory) returnMessage(channel, recordOf(message));
    message.record = undefined;
    channel.confirms?.published(needsCommit);
    if (channel.node.turn.isDiskBehind) channel.connection.flow.throttle();
  }

  /** The route by the bytes of the names: the last one, or one of the vhost's cache. */
  #cachedRoute(message: IncomingMessage): CachedRoute | undefined {
    const channel = this.#channel;
    const revision = channel.vhost.topologyRevision;
    const access = channel.node.access;
    const { buffer, namesStart, namesEnd } = message;
    const last = this.#last;
    const isSameAccess = this.#lastAccessRevision === access.revision;
    if (
      last !== undefined &&
      isSameAccess &&
      this.#lastRevision === revision &&
      sameBytes(last.names, buffer, namesStart, namesEnd)
    ) {
      return last;
    }
    const cached = channel.vhost.routeCache.find(buffer, namesStart, namesEnd, revision);
    if (cached === undefined) return undefined;
    if (this.#writable !== cached.exchange || !isSameAccess) {
      this.#requireWrite(cached.exchange.name);
      this.#writable = cached.exchange;
      this.#lastAccessRevision = access.revision;
    }
    this.#last = cached;
    this.#lastRevision = revision;
    return cached;
  }

  #requireWrite(exchange: string): void {
    const { node, actor, vhost } = this.#channel;
    requirePermission(node.access, actor, vhost.name, 'write', 'exchange', exchange);
  }

  /** The exchange by name. Permission comes before existence: 403 hides 404. */
  #lookUp(message: IncomingMessage): Exchange {
    requireUtf8Names(message.buffer, message.namesStart, message.namesEnd);
    const { name: vhostName, exchanges } = this.#channel.vhost;
    const name = exchangeName(message);
    this.#requireWrite(name);
    const exchange = exchanges.get(name);
    if (exchange === undefined) throw notFound(`no exchange '${name}' in vhost '${vhostName}'`);
    if (exchange.isInternal) throw publishToInternal(exchange);
    return exchange;
  }

  /** Routes first, and keeps the route when it depends on exchange and routing key only. */
  #publishRouted(
    message: IncomingMessage,
    exchange: Exchange,
    keys: readonly string[],
    isMandatory: boolean,
  ): void {
    const { node, vhost, transaction } = this.#channel;
    if (transaction === undefined) return this.route(message, exchange, keys, isMandatory);
    const probe = new ProbedRoute(message, keys);
    const targets: Queue[] = [];
    node.routing.route(vhost, exchange, probe, targets);
    // An intake takes its messages, too, when the transaction commits.
    const later = probe.isTaken ? { exchange, keys } : undefined;
    transaction.publish(recordOf(message), targets, isMandatory, later);
  }

  /** Routes and enqueues; exchanges on the way may take the message. */
  route(
    message: IncomingMessage,
    exchange: Exchange,
    keys: readonly string[],
    isMandatory: boolean,
  ): void {
    const { node, vhost } = this.#channel;
    const routed = new IncomingRoute(message, keys);
    const targets: Queue[] = [];
    if (node.routing.route(vhost, exchange, routed, targets)) {
      const names = Buffer.from(message.buffer.subarray(message.namesStart, message.namesEnd));
      vhost.routeCache.add({ names, exchange, targets });
    }
    this.enqueue(message, targets, isMandatory && !routed.isTaken, routed.needsCommit);
  }
}

/** Throws 501 for names that are not UTF-8; asked once per route. */
function requireUtf8Names(buffer: Buffer, start: number, end: number): void {
  const keyStart = start + 1 + (buffer[start] as number);
  if (!isUtf8(buffer, start + 1, keyStart) || !isUtf8(buffer, keyStart + 1, end)) {
    throw ofNoMethod(frameError('Malformed UTF-8 in shortstr'));
  }
}

/** Nothing about the properties needs a decision of the broker. */
function isPlain(scan: ContentHeaderScan): boolean {
  return (
    scan.expirationStart < 0 &&
    scan.replyToStart < 0 &&
    scan.userIdStart < 0 &&
    !scan.hasSenderSelected
  );
}

/** Reads the content header of the message into `scan`; throws for what does not decode. */
export function scanContent(scan: ContentHeaderScan, message: IncomingMessage): void {
  const buffer = message.buffer;
  const frame = message.contentStart + 1;
  const size =
    ((buffer[frame + 3] as number) << 24) |
    ((buffer[frame + 4] as number) << 16) |
    ((buffer[frame + 5] as number) << 8) |
    (buffer[frame + 6] as number);
  const start = frame + FRAME_HEAD_BYTES;
  const result = scan.scan(buffer, start, start + size);
  if (result !== SCAN_OK) throw scanError(result, buffer, start);
}

export function scanError(result: number, buffer: Buffer, start: number): Error {
  if (result === SCAN_NOT_BASIC) {
    const classId = buffer.readUInt16BE(start);
    return unexpectedFrame(
      `expected content header for class 60, got one for class ${classId} instead`,
    );
  }
  if (result === SCAN_WEIGHT) {
    return unexpectedFrame(
      'expected content header for class 60, got non content header frame instead',
    );
  }
  return internalError();
}

export function tooLarge(bodyBytes: number, settings: { readonly maxMessageBytes: number }): Error {
  const max = settings.maxMessageBytes;
  return preconditionFailed(`message size ${bodyBytes} is larger than configured max size ${max}`);
}

function publishToInternal(exchange: Exchange): Error {
  return accessRefused(
    `cannot publish to internal exchange '${exchange.name}' in vhost '${exchange.vhostName}'`,
  );
}
