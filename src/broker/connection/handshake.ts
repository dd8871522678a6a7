// From the protocol header to connection.open-ok: versions, SASL, tuning, the vhost. A peer that gets
// it wrong learns little: RabbitMQ stays silent for three seconds and drops it; so do we.

import { hardError, notAllowed } from '../../protocol/amqp-error.ts';
import type { FieldTable } from '../../protocol/field-table.ts';
import { PROTOCOL_HEADER } from '../../protocol/frame-constants.ts';
import { encodeMethodFrame } from '../../protocol/frame-writer.ts';
import {
  CONNECTION_OPEN,
  CONNECTION_OPEN_OK,
  CONNECTION_START,
  CONNECTION_START_OK,
  CONNECTION_TUNE,
  CONNECTION_TUNE_OK,
  type ConnectionOpen,
  type ConnectionStartOk,
  type ConnectionTuneOk,
  type Method,
} from '../../protocol/generated/methods.ts';
import { ACCESS_REFUSED } from '../../protocol/generated/reply-codes.ts';
import type { LoginOrigin, User } from '../access.ts';
import type { BrokerNode } from '../broker-node.ts';
import type { VirtualHost } from '../vhost/vhost.ts';
import { requireConnectionRoom } from './client-limits.ts';
import { MECHANISMS } from './sasl.ts';

/** AMQP 0-9-1's minimum; older clients propose it (RabbitMQ 4.1 raised its own to 8192). */
const FRAME_MAX_MIN = 4096;
const HEADER_BYTES = PROTOCOL_HEADER.length;
const NO_BYTES = Buffer.alloc(0);
/** 0-9's spelling of the protocol header is accepted too. */
const HEADER_0_9 = Buffer.from('AMQP\x01\x01\x00\x09', 'latin1');

/** What the server does with a client's `capabilities`. */
export interface ClientCapabilities {
  readonly consumerCancelNotify: boolean;
  readonly connectionBlocked: boolean;
  readonly authenticationFailureClose: boolean;
}

export const NO_CAPABILITIES: ClientCapabilities = {
  consumerCancelNotify: false,
  connectionBlocked: false,
  authenticationFailureClose: false,
};

/** What the client chose in tune-ok. */
export interface Tuning {
  readonly frameMaxBytes: number;
  readonly channelMax: number;
  readonly heartbeatSeconds: number;
}

/** The connection as the handshake sees it. */
export interface HandshakeSubject {
  readonly node: BrokerNode;
  /** Where the peer's login comes from. */
  readonly origin: LoginOrigin;
  sendOnConnection(method: Method): void;
  sendRaw(bytes: Buffer): void;
  /** Closes without a word, now or after RabbitMQ's three seconds. */
  endNow(): void;
  dropLater(): void;
  fail(error: unknown, method: Method): void;
  setClient(properties: FieldTable, capabilities: ClientCapabilities): void;
  /** A login was judged: for the events. */
  authenticated(userName: string, mechanism: string, isAccepted: boolean): void;
  setTuning(tuning: Tuning): void;
  /** The read gate is held while an answer of the authentication is awaited. */
  waitFor(start: (resume: () => void) => void): void;
  opened(user: User, vhost: VirtualHost): void;
}

export class Handshake {
  readonly #subject: HandshakeSubject;
  #state: 'header' | 'start' | 'tune' | 'open' | 'done' = 'header';
  /** Only of a header that came in pieces. */
  #pieces = NO_BYTES;
  #user: User | undefined;

  constructor(subject: HandshakeSubject) {
    this.#subject = subject;
  }

  get isHeaderDone(): boolean {
    return this.#state !== 'header';
  }

  /** Takes octets of the protocol header; returns how many of the chunk it used. */
  header(chunk: Buffer): number {
    const missing = HEADER_BYTES - this.#pieces.length;
    const used = Math.min(missing, chunk.length);
    const piece = chunk.subarray(0, used);
    const header = missing === HEADER_BYTES ? piece : Buffer.concat([this.#pieces, piece]);
    if (used < missing) {
      // The chunk is the transport's: what is kept is a copy.
      this.#pieces = Buffer.from(header);
      return used;
    }
    if (!header.equals(PROTOCOL_HEADER) && !header.equals(HEADER_0_9)) {
      this.#subject.sendRaw(PROTOCOL_HEADER);
      this.#subject.endNow();
      return used;
    }
    this.#state = 'start';
    this.#subject.sendRaw(startFrame(this.#subject.node.serverProperties));
    return used;
  }

  /** A method on channel 0 before the connection is open. */
  method(method: Method): void {
    if (this.#state === 'start' && method.id === CONNECTION_START_OK) this.#startOk(method);
    else if (this.#state === 'tune' && method.id === CONNECTION_TUNE_OK) this.#tuneOk(method);
    else if (this.#state === 'open' && method.id === CONNECTION_OPEN) this.#open(method);
    else this.#subject.dropLater();
  }

  #startOk(method: ConnectionStartOk): void {
    const subject = this.#subject;
    const capabilities = capabilitiesOf(method.clientProperties);
    subject.setClient(method.clientProperties, capabilities);
    const credentials = MECHANISMS.get(method.mechanism)?.(method.response);
    if (credentials === undefined) return subject.dropLater();
    const { access, log } = subject.node;
    const { userName, password } = credentials;
    subject.waitFor((resume) => {
      access.authenticate(userName, password, subject.origin, (user) => {
        subject.authenticated(userName, method.mechanism, user !== undefined);
        if (user !== undefined) this.#authenticated(user);
        else {
          log.warn({ user: userName, mechanism: method.mechanism }, 'login refused');
          if (!capabilities.authenticationFailureClose) subject.dropLater();
          else subject.fail(loginRefused(method.mechanism), NO_METHOD);
        }
        resume();
      });
    });
  }

  #authenticated(user: User): void {
    this.#user = user;
    this.#state = 'tune';
    const { channelMax, frameMaxBytes, heartbeatSeconds } = this.#subject.node.settings;
    this.#subject.sendOnConnection({
      id: CONNECTION_TUNE,
      channelMax,
      frameMax: frameMaxBytes,
      heartbeat: heartbeatSeconds,
    });
  }

  #tuneOk(method: ConnectionTuneOk): void {
    const { settings } = this.#subject.node;
    const refusal =
      refusedTuning('frame_max', method.frameMax, FRAME_MAX_MIN, settings.frameMaxBytes) ??
      refusedTuning('channel_max', method.channelMax, 1, settings.channelMax);
    if (refusal !== undefined) {
      return this.#subject.fail(notAllowed(refusal), { id: CONNECTION_TUNE } as Method);
    }
    this.#subject.setTuning({
      frameMaxBytes: method.frameMax === 0 ? settings.frameMaxBytes : method.frameMax,
      channelMax: method.channelMax,
      heartbeatSeconds: method.heartbeat,
    });
    this.#state = 'open';
  }

  #open(method: ConnectionOpen): void {
    const user = this.#user as User;
    const { node } = this.#subject;
    const name = method.virtualHost;
    const limit = node.settings.connectionMax;
    if (node.openConnectionCount >= limit) {
      throw notAllowed(`connection refused: node connection limit (${limit}) is reached`);
    }
    const vhost = node.vhosts.get(name);
    if (vhost === undefined) throw notAllowed(`vhost ${name} not found`);
    requireConnectionRoom(node, user, vhost);
    if (!node.access.mayUseVhost(user, name)) {
      throw notAllowed(`access to vhost '${name}' refused for user '${user.name}'`);
    }
    this.#state = 'done';
    this.#subject.opened(user, vhost);
    this.#subject.sendOnConnection({ id: CONNECTION_OPEN_OK });
  }
}

/** connection.start, which every client of a node gets alike: encoded once for its properties. */
function startFrame(serverProperties: FieldTable): Buffer {
  const known = startFrames.get(serverProperties);
  if (known !== undefined) return known;
  const frame = encodeMethodFrame(0, {
    id: CONNECTION_START,
    versionMajor: 0,
    versionMinor: 9,
    serverProperties,
    mechanisms: Buffer.from([...MECHANISMS.keys()].join(' ')),
    locales: Buffer.from('en_US'),
  });
  startFrames.set(serverProperties, frame);
  return frame;
}

const startFrames = new WeakMap<FieldTable, Buffer>();

/** Errors of no method carry class and method id 0. */
const NO_METHOD = { id: 0 } as unknown as Method;

function loginRefused(mechanism: string): Error {
  return hardError(
    ACCESS_REFUSED,
    `Login was refused using authentication mechanism ${mechanism}. ` +
      'For details see the broker logfile.',
  );
}

/** RabbitMQ 4's text when tune-ok leaves the allowed range; a limit of 0 allows everything. */
function refusedTuning(
  name: string,
  value: number,
  least: number,
  most: number,
): string | undefined {
  if (value !== 0 && value < least) {
    return `negotiated ${name} = ${value} is lower than the minimum allowed value (${least})`;
  }
  if (most !== 0 && (value === 0 || value > most)) {
    return `negotiated ${name} = ${value} is higher than the maximum allowed value (${most})`;
  }
  return undefined;
}

function capabilitiesOf(clientProperties: FieldTable): ClientCapabilities {
  const field = clientProperties.get('capabilities');
  if (field?.type !== 'F') return NO_CAPABILITIES;
  const isTrue = (name: string) => {
    const flag = field.value.get(name);
    return flag?.type === 't' && flag.value;
  };
  return {
    consumerCancelNotify: isTrue('consumer_cancel_notify'),
    connectionBlocked: isTrue('connection.blocked'),
    authenticationFailureClose: isTrue('authentication_failure_close'),
  };
}
