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
import { type CachedRoute, sameBytes } from '../exchange/route-cache.ts';
import { ProbingMessage, PublishedMessage } from '../exchange/routed-message.ts';
import { type IncomingMessage, LARGE_RECORD_BYTES } from '../message/incoming-message.ts';
import { exchangeName, recordOf, routingKey, writeRecordHead } from '../message/message-record.ts';
import type { ExchangeUse } from '../metrics/resource-counts.ts';
import { TAKEN } from '../queue/enqueue-outcome.ts';
import type { Queue } from '../queue/queue.ts';
import { hasTopicRules, requirePermission, requireTopicPermission } from '../vhost/permissions.ts';
import type { Channel } from './channel.ts';

import { tracePublish } from './firehose.ts';
import { applyProperties, returnMessage } from './publish-properties.ts';
import { deliverReply, isReplyAddress } from './reply-to.ts';
import type { LateRoute } from './transaction.ts';

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
  /** The user's routing keys for it are restricted. */
  #hasTopicRules = false;
  /** Where publishes to the exchange of the last one are counted. */
  #use: ExchangeUse | undefined;

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
    message.describe(scan.deliveryMode === 2, scan.priority);
    const { record } = message;
    if (record !== undefined) writeRecordHead(record, message);
    let targets: readonly Queue[];
    let keys: readonly string[] | undefined;
    let routed: PublishedMessage | undefined;
    if (route !== undefined && isPlain(scan)) {
      targets = route.targets;
      if (this.#hasTopicRules) this.#requireTopic(exchange, routingKey(message));
    } else {
      keys = applyProperties(channel, message, scan, exchange);
      if (exchange.name === '' && isReplyAddress(keys)) {
        if (channel.vhost.isTraced) tracePublish(channel, message, keys, []);
        deliverReply(channel.node, keys[0] as string, recordOf(message));
        channel.confirms?.published(TAKEN, this.#useOf(exchange));
        return;
      }
      if (route !== undefined && keys.length === 1) {
        targets = route.targets;
      } else {
        const isLater = channel.transaction !== undefined;
        routed = isLater ? new ProbingMessage(message, keys) : new PublishedMessage(message, keys);
        targets = this.#compute(message, exchange, routed);
      }
    }
    if (channel.vhost.isTraced) tracePublish(channel, message, keys, targets);
    if (channel.transaction !== undefined) {
      // An intake gets the message when the transaction commits.
      const keys = routed?.isTaken === true ? routed.routingKeys : undefined;
      const route = { exchange, targets, isMandatory: (bits & MANDATORY) !== 0, keys };
      channel.transaction.publish(recordOf(message), message, route);
      return;
    }
    if (targets === route?.targets) channel.vhost.routeCache.count(route);
    else exchange.counts.routed(targets, 1);
    this.#enqueue(message, exchange, targets, (bits & MANDATORY) !== 0, routed);
  }

  /** A publish whose transaction commits. */
  enqueue(
    message: IncomingMessage,
    exchange: Exchange,
    targets: readonly Queue[],
    isMandatory: boolean,
  ): number {
    exchange.counts.routed(targets, 1);
    return this.#enqueue(message, exchange, targets, isMandatory, undefined);
  }

  /** A publish whose transaction commits, and that had to wait for it to be routed. */
  publishLate(message: IncomingMessage, late: LateRoute, isMandatory: boolean): number {
    const { exchange } = late;
    const routed = new PublishedMessage(message, late.keys);
    const targets = this.#compute(message, exchange, routed);
    exchange.counts.routed(targets, 1);
    return this.#enqueue(message, exchange, targets, isMandatory, routed);
  }

  /**
   * Hands the message to its queues; returns it when it is mandatory and there are none. Answers what
   * became of it in all of them together (see queue/enqueue-outcome.ts), and where it was taken before.
   */
  #enqueue(
    message: IncomingMessage,
    exchange: Exchange,
    targets: readonly Queue[],
    isMandatory: boolean,
    routed: PublishedMessage | undefined,
  ): number {
    const channel = this.#channel;
    const use = this.#useOf(exchange);
    use.publish++;
    channel.node.counts.messageSizes.observe(message.bodyBytes);
    const size = message.contentEnd - message.contentStart;
    if (size >= LARGE_RECORD_BYTES && message.record === undefined && targets.length > 0) {
      message.record = recordOf(message);
    }
    let outcome = routed === undefined ? TAKEN : routed.outcome;
    for (let i = 0; i < targets.length; i++) outcome |= (targets[i] as Queue).enqueue(message);
    // What an exchange took is not unroutable, whatever else it reached.
    if (targets.length === 0 && routed?.isTaken !== true)
      this.#unroutable(message, use, isMandatory);
    message.record = undefined;
    channel.confirms?.published(outcome, use);
    if (channel.node.turn.isDiskBehind) channel.connection.flow.throttle();
    return outcome;
  }

  #unroutable(message: IncomingMessage, use: ExchangeUse, isMandatory: boolean): void {
    if (isMandatory) {
      use.returnUnroutable++;
      returnMessage(this.#channel, recordOf(message));
    } else {
      use.dropUnroutable++;
    }
  }

  #useOf(exchange: Exchange): ExchangeUse {
    const use = this.#use;
    if (use !== undefined && use.exchange === exchange.counts) return use;
    this.#use = this.#channel.counts.ofExchange(exchange.counts);
    return this.#use;
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
      this.#hasTopicRules = hasTopicRules(access, channel.actor, cached.exchange);
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

  #requireTopic(exchange: Exchange, key: string): void {
    const { node, actor } = this.#channel;
    requireTopicPermission(node.access, actor, exchange, 'write', key);
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

  /** Routes, and keeps the result when it depends on exchange and routing key only. */
  #compute(message: IncomingMessage, exchange: Exchange, routed: PublishedMessage): Queue[] {
    const { node, vhost } = this.#channel;
    const targets: Queue[] = [];
    if (node.routing.route(vhost, exchange, routed, targets)) {
      const names = Buffer.from(message.buffer.subarray(message.namesStart, message.namesEnd));
      vhost.routeCache.add({ names, exchange, targets, uncounted: 0 });
    }
    return targets;
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
