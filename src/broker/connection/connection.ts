// One client's connection: frames in, methods to channels, errors to closes. Protocol errors are
// caught here and nowhere else in AMQP: a soft one closes its channel, a hard one the connection.

import { AmqpError, connectionForced, frameError } from '../../protocol/amqp-error.ts';
import { EMPTY_TABLE, type FieldTable } from '../../protocol/field-table.ts';
import { FrameParser } from '../../protocol/frame-parser.ts';
import {
  CHANNEL_CLOSE,
  CONNECTION_BLOCKED,
  CONNECTION_CLOSE,
  CONNECTION_CLOSE_OK,
  CONNECTION_UNBLOCKED,
  type Method,
} from '../../protocol/generated/methods.ts';
import type { LoginOrigin, User } from '../access.ts';
import type { BrokerNode } from '../broker-node.ts';
import type { BrokerSettings } from '../broker-settings.ts';
import type { Timer } from '../clock.ts';
import { Outgoing } from '../outgoing.ts';
import type { Transport, TransportReceiver } from '../transport.ts';
import type { VirtualHost } from '../vhost/vhost.ts';
import { ChannelTable } from './channel-table.ts';
import { authenticationEnded } from './connection-events.ts';
import { ConnectionOutput } from './connection-output.ts';
import { FrameReceiver } from './frame-receiver.ts';
import {
  type ClientCapabilities,
  Handshake,
  type HandshakeSubject,
  NO_CAPABILITIES,
  type Tuning,
} from './handshake.ts';
import { Heartbeat, type HeartbeatSubject } from './heartbeat.ts';
import { PublisherFlow } from './publisher-flow.ts';
import { ReadGate } from './read-gate.ts';

/** How long a peer may take to answer our close: RabbitMQ's bounds. */
const CLOSE_SECONDS_MAX = 30;
const SILENT_DROP_MS = 3000;
/** Everything a peer may send before it is authenticated. */
const HANDSHAKE_BYTES_MAX = 32 * 1024;

/** Answers a peer may leave unread before its requests are not read either. */
const UNREAD_BYTES_MAX = 16 << 20;

/** What the broker wants to know of its connections. */
export interface ConnectionEvents {
  opened(connection: Connection): void;
  closed(connection: Connection): void;
}

export class Connection implements TransportReceiver, HandshakeSubject, HeartbeatSubject {
  readonly node: BrokerNode;
  readonly transport: Transport;
  readonly outgoing: Outgoing;
  readonly settings: BrokerSettings;
  frameMaxBytes: number;
  channelMax = 0;
  heartbeatSeconds = 0;
  receivedBytes = 0;
  /** Chunks of bytes that came, as RabbitMQ's recv_cnt. */
  receivedCount = 0;
  clientProperties: FieldTable = EMPTY_TABLE;
  capabilities: ClientCapabilities = NO_CAPABILITIES;
  user: User | undefined;
  vhost: VirtualHost | undefined;
  /** Of SASL. */
  mechanism = '';
  readonly connectedAtMs: number;
  readonly channels = new ChannelTable();
  readonly output: ConnectionOutput;
  readonly flow: PublisherFlow;
  state: 'handshake' | 'running' | 'closing' | 'closed' = 'handshake';
  readonly #events: ConnectionEvents;
  readonly #parser: FrameParser;
  readonly #gate: ReadGate;
  readonly handshake: Handshake;
  #heartbeat: Heartbeat | undefined;
  #waitsForDrain = false;
  /** Ends a handshake, or a close handshake, that takes too long. */
  #deadline: Timer | undefined;

  constructor(node: BrokerNode, transport: Transport, events: ConnectionEvents) {
    this.node = node;
    this.transport = transport;
    this.#events = events;
    this.settings = node.settings;
    this.connectedAtMs = Math.floor(node.clock.wallMs());
    this.frameMaxBytes = node.settings.initialFrameMaxBytes;
    this.outgoing = new Outgoing(transport, node.slabs, node.turn);
    this.#parser = new FrameParser(new FrameReceiver(this), this.frameMaxBytes);
    this.#gate = new ReadGate(this.#parser, transport, () => this.#parse(undefined));
    this.output = new ConnectionOutput(this.outgoing, node.turn, this.#gate);
    this.flow = new PublisherFlow(node, this.#gate);
    this.handshake = new Handshake(this);
    this.#deadline = node.clock.setTimer(node.settings.handshakeTimeoutMs, () => this.#drop());
  }

  /** As RabbitMQ calls connections: both ends. */
  get name(): string {
    const { remoteAddress, remotePort, localAddress, localPort } = this.transport;
    return `${endpoint(remoteAddress, remotePort)} -> ${endpoint(localAddress, localPort)}`;
  }

  get origin(): LoginOrigin {
    const { remoteAddress, isLoopback } = this.transport;
    return { protocol: 'amqp091', address: remoteAddress, isLoopback };
  }

  get isReadingPaused(): boolean {
    return this.#gate.isHeld;
  }

  get isRunning(): boolean {
    return this.state === 'running';
  }

  // ---- bytes in -------------------------------------------------------------------------------

  receive(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    this.receivedCount++;
    if (this.state === 'handshake') this.#receiveHandshake(chunk);
    else this.#parse(chunk);
  }

  #receiveHandshake(chunk: Buffer): void {
    if (this.receivedBytes > HANDSHAKE_BYTES_MAX && this.user === undefined) return this.#drop();
    if (this.handshake.isHeaderDone) return this.#parse(chunk);
    const used = this.handshake.header(chunk);
    if (used < chunk.length && this.handshake.isHeaderDone) this.#parse(chunk.subarray(used));
  }

  /** Parses a chunk, or what was kept while reading was held. */
  #parse(chunk: Buffer | undefined): void {
    if (this.state === 'closed') return;
    try {
      if (chunk === undefined) this.#parser.resume();
      else this.#parser.parse(chunk);
    } catch (error) {
      // Malformed frames: nobody can tell where the next one begins.
      this.failConnection(error, 0);
    }
  }

  // ---- bytes out ------------------------------------------------------------------------------

  send(number: number, method: Method): void {
    this.output.send(number, method);
  }

  sendOnConnection(method: Method): void {
    this.output.send(0, method);
  }

  sendRaw(bytes: Buffer): void {
    this.outgoing.append(bytes);
  }

  /** Reading stops until `resume` is called (once). */
  waitFor(start: (resume: () => void) => void): void {
    this.#gate.hold();
    start(() => this.#gate.release());
  }

  /** A peer that asks without reading the answers is not read until it took them. */
  boundOutput(): void {
    if (!this.outgoing.isCongested || this.#waitsForDrain) return;
    if (this.transport.pendingBytes < UNREAD_BYTES_MAX) return;
    this.#waitsForDrain = true;
    this.#gate.hold();
  }

  drained(): void {
    this.outgoing.isCongested = false;
    if (this.#waitsForDrain) {
      this.#waitsForDrain = false;
      this.#gate.release();
    }
    for (const channel of this.channels.all()) channel.wakeConsumers();
  }

  // ---- back-pressure --------------------------------------------------------------------------

  /** A publisher met an alarm. */
  block(): void {
    if (this.state !== 'running' || !this.flow.block()) return;
    if (!this.capabilities.connectionBlocked) return;
    this.sendOnConnection({ id: CONNECTION_BLOCKED, reason: this.node.alarms.join(' & ') });
  }

  /** All alarms are off. */
  unblock(): void {
    if (!this.flow.unblock()) return;
    if (this.capabilities.connectionBlocked && this.state === 'running') {
      this.sendOnConnection({ id: CONNECTION_UNBLOCKED });
    }
    this.flow.resume();
  }

  // ---- handshake ------------------------------------------------------------------------------

  setClient(properties: FieldTable, capabilities: ClientCapabilities): void {
    this.clientProperties = properties;
    this.capabilities = capabilities;
  }

  authenticated(userName: string, mechanism: string, isAccepted: boolean): void {
    this.mechanism = mechanism;
    authenticationEnded(this, userName, isAccepted);
  }

  setTuning(tuning: Tuning): void {
    this.frameMaxBytes = tuning.frameMaxBytes;
    this.#parser.frameMax = tuning.frameMaxBytes;
    this.channelMax = tuning.channelMax;
    this.heartbeatSeconds = tuning.heartbeatSeconds;
    if (tuning.heartbeatSeconds === 0) return;
    this.#heartbeat = new Heartbeat(this.node.clock, this, tuning.heartbeatSeconds);
    this.#heartbeat.start();
  }

  opened(user: User, vhost: VirtualHost): void {
    this.user = user;
    this.vhost = vhost;
    this.state = 'running';
    this.#deadline?.cancel();
    this.#events.opened(this);
  }

  // ---- failures and closing -------------------------------------------------------------------

  fail(error: unknown, method: Method): void {
    this.failConnection(error, method.id);
  }

  /** The one place where protocol errors become closes. */
  failed(number: number, id: number, error: unknown): void {
    if (!(error instanceof AmqpError)) throw error;
    if (error.isHard || number === 0 || this.state !== 'running') {
      return this.failConnection(error, id);
    }
    const channel = this.channels.get(number);
    if (channel === undefined) return;
    channel.isClosing = true;
    this.node.log.warn({ channel: number, ...this.logFields() }, error.replyText);
    channel.release();
    this.send(number, {
      id: CHANNEL_CLOSE,
      replyCode: error.replyCode,
      replyText: error.replyText,
      ...methodIds(error, id),
    });
  }

  failConnection(error: unknown, id: number): void {
    if (!(error instanceof AmqpError)) throw error;
    if (this.state === 'closing' || this.state === 'closed') return;
    this.node.log.warn(this.logFields(), error.replyText);
    const isHandshake = this.state === 'handshake';
    this.#stop();
    this.sendOnConnection({
      id: CONNECTION_CLOSE,
      replyCode: error.replyCode,
      replyText: error.replyText,
      ...methodIds(error, id),
    });
    const isFrameError = error.replyCode === frameError('').replyCode;
    this.#dropAfter(isHandshake || isFrameError ? SILENT_DROP_MS : this.#closeMs());
  }

  /** The operator or the node ends the connection: 320. */
  force(reason: string): void {
    if (this.state === 'running') this.failConnection(connectionForced(reason), 0);
    else if (this.state === 'handshake') this.#drop();
  }

  #closeMs(): number {
    const seconds = this.heartbeatSeconds;
    return (seconds > 0 && seconds < CLOSE_SECONDS_MAX ? seconds : CLOSE_SECONDS_MAX) * 1000;
  }

  closedByClient(): void {
    this.#stop();
    this.sendOnConnection({ id: CONNECTION_CLOSE_OK });
    this.#end();
  }

  /** Releases everything the connection holds; the socket stays for the last frames. */
  #stop(): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    const wasRunning = this.state === 'running';
    this.state = 'closing';
    this.#heartbeat?.stop();
    this.#deadline?.cancel();
    this.channels.releaseAll();
    this.output.dropHeld();
    if (!wasRunning) return;
    this.node.topology.deleteExclusiveQueues(this);
    const { traffic } = (this.vhost as VirtualHost).counts;
    traffic.receivedBytes += this.receivedBytes;
    traffic.sentBytes += this.outgoing.sentBytes;
    this.#events.closed(this);
  }

  /** The last frames leave, then the socket is closed cleanly. */
  #end(): void {
    if (this.state === 'closed') return;
    this.#stop();
    this.state = 'closed';
    this.#deadline?.cancel();
    this.outgoing.flush();
    this.outgoing.close();
    this.transport.end();
    this.#dropAfter(SILENT_DROP_MS);
  }

  endNow(): void {
    this.#end();
  }

  dropLater(): void {
    this.#stop();
    this.#dropAfter(SILENT_DROP_MS);
  }

  #dropAfter(delayMs: number): void {
    this.#deadline?.cancel();
    this.#deadline = this.node.clock.setTimer(delayMs, () => this.#drop());
  }

  #drop(): void {
    this.#stop();
    this.state = 'closed';
    this.#deadline?.cancel();
    this.outgoing.close();
    this.transport.destroy();
  }

  peerIsSilent(): void {
    this.node.log.warn(this.logFields(), 'missed heartbeats from client');
    this.#drop();
  }

  closed(): void {
    this.#stop();
    this.state = 'closed';
    this.#deadline?.cancel();
    this.outgoing.close();
  }

  logFields(): Record<string, unknown> {
    const { remoteAddress, remotePort } = this.transport;
    return {
      peer: `${remoteAddress}:${remotePort}`,
      user: this.user?.name,
      vhost: this.vhost?.name,
    };
  }
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The method that an error names: its own, else the one in work. */
function methodIds(error: AmqpError, id: number): { classId: number; methodId: number } {
  if (!error.isOfMethod) return { classId: 0, methodId: 0 };
  if (error.classId !== 0) return { classId: error.classId, methodId: error.methodId };
  return { classId: id >>> 16, methodId: id & 0xffff };
}
