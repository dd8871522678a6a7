// Generated from protocol/amqp-0-9-1.json by protocol/generate.ts: do not edit.
// Method ids, one interface per method, decodeMethod, encodeMethod, METHODS.

import type { ByteReader } from '../byte-reader.ts';
import type { ByteWriter } from '../byte-writer.ts';
import type { FieldTable } from '../field-table.ts';
import { readMethodId, rejectMethod, unknownMethod } from '../method-errors.ts';
import type { MethodSpec } from '../method-spec.ts';

export const CLASS_CONNECTION = 10;
export const CLASS_CHANNEL = 20;
export const CLASS_ACCESS = 30;
export const CLASS_EXCHANGE = 40;
export const CLASS_QUEUE = 50;
export const CLASS_BASIC = 60;
export const CLASS_CONFIRM = 85;
export const CLASS_TX = 90;

export const CONNECTION_START = 0x000a000a;
export const CONNECTION_START_OK = 0x000a000b;
export const CONNECTION_SECURE = 0x000a0014;
export const CONNECTION_SECURE_OK = 0x000a0015;
export const CONNECTION_TUNE = 0x000a001e;
export const CONNECTION_TUNE_OK = 0x000a001f;
export const CONNECTION_OPEN = 0x000a0028;
export const CONNECTION_OPEN_OK = 0x000a0029;
export const CONNECTION_CLOSE = 0x000a0032;
export const CONNECTION_CLOSE_OK = 0x000a0033;
export const CONNECTION_BLOCKED = 0x000a003c;
export const CONNECTION_UNBLOCKED = 0x000a003d;
export const CONNECTION_UPDATE_SECRET = 0x000a0046;
export const CONNECTION_UPDATE_SECRET_OK = 0x000a0047;
export const CHANNEL_OPEN = 0x0014000a;
export const CHANNEL_OPEN_OK = 0x0014000b;
export const CHANNEL_FLOW = 0x00140014;
export const CHANNEL_FLOW_OK = 0x00140015;
export const CHANNEL_CLOSE = 0x00140028;
export const CHANNEL_CLOSE_OK = 0x00140029;
export const ACCESS_REQUEST = 0x001e000a;
export const ACCESS_REQUEST_OK = 0x001e000b;
export const EXCHANGE_DECLARE = 0x0028000a;
export const EXCHANGE_DECLARE_OK = 0x0028000b;
export const EXCHANGE_DELETE = 0x00280014;
export const EXCHANGE_DELETE_OK = 0x00280015;
export const EXCHANGE_BIND = 0x0028001e;
export const EXCHANGE_BIND_OK = 0x0028001f;
export const EXCHANGE_UNBIND = 0x00280028;
export const EXCHANGE_UNBIND_OK = 0x00280033;
export const QUEUE_DECLARE = 0x0032000a;
export const QUEUE_DECLARE_OK = 0x0032000b;
export const QUEUE_BIND = 0x00320014;
export const QUEUE_BIND_OK = 0x00320015;
export const QUEUE_PURGE = 0x0032001e;
export const QUEUE_PURGE_OK = 0x0032001f;
export const QUEUE_DELETE = 0x00320028;
export const QUEUE_DELETE_OK = 0x00320029;
export const QUEUE_UNBIND = 0x00320032;
export const QUEUE_UNBIND_OK = 0x00320033;
export const BASIC_QOS = 0x003c000a;
export const BASIC_QOS_OK = 0x003c000b;
export const BASIC_CONSUME = 0x003c0014;
export const BASIC_CONSUME_OK = 0x003c0015;
export const BASIC_CANCEL = 0x003c001e;
export const BASIC_CANCEL_OK = 0x003c001f;
export const BASIC_PUBLISH = 0x003c0028;
export const BASIC_RETURN = 0x003c0032;
export const BASIC_DELIVER = 0x003c003c;
export const BASIC_GET = 0x003c0046;
export const BASIC_GET_OK = 0x003c0047;
export const BASIC_GET_EMPTY = 0x003c0048;
export const BASIC_ACK = 0x003c0050;
export const BASIC_REJECT = 0x003c005a;
export const BASIC_RECOVER_ASYNC = 0x003c0064;
export const BASIC_RECOVER = 0x003c006e;
export const BASIC_RECOVER_OK = 0x003c006f;
export const BASIC_NACK = 0x003c0078;
export const CONFIRM_SELECT = 0x0055000a;
export const CONFIRM_SELECT_OK = 0x0055000b;
export const TX_SELECT = 0x005a000a;
export const TX_SELECT_OK = 0x005a000b;
export const TX_COMMIT = 0x005a0014;
export const TX_COMMIT_OK = 0x005a0015;
export const TX_ROLLBACK = 0x005a001e;
export const TX_ROLLBACK_OK = 0x005a001f;

/** connection.start */
export interface ConnectionStart {
  readonly id: typeof CONNECTION_START;
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly serverProperties: FieldTable;
  readonly mechanisms: Buffer;
  readonly locales: Buffer;
}

/** connection.start-ok */
export interface ConnectionStartOk {
  readonly id: typeof CONNECTION_START_OK;
  readonly clientProperties: FieldTable;
  readonly mechanism: string;
  readonly response: Buffer;
  readonly locale: string;
}

/** connection.secure */
export interface ConnectionSecure {
  readonly id: typeof CONNECTION_SECURE;
  readonly challenge: Buffer;
}

/** connection.secure-ok */
export interface ConnectionSecureOk {
  readonly id: typeof CONNECTION_SECURE_OK;
  readonly response: Buffer;
}

/** connection.tune */
export interface ConnectionTune {
  readonly id: typeof CONNECTION_TUNE;
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

/** connection.tune-ok */
export interface ConnectionTuneOk {
  readonly id: typeof CONNECTION_TUNE_OK;
  readonly channelMax: number;
  readonly frameMax: number;
  readonly heartbeat: number;
}

/** connection.open */
export interface ConnectionOpen {
  readonly id: typeof CONNECTION_OPEN;
  readonly virtualHost: string;
}

/** connection.open-ok */
export interface ConnectionOpenOk {
  readonly id: typeof CONNECTION_OPEN_OK;
}

/** connection.close */
export interface ConnectionClose {
  readonly id: typeof CONNECTION_CLOSE;
  readonly replyCode: number;
  readonly replyText: string;
  readonly classId: number;
  readonly methodId: number;
}

/** connection.close-ok */
export interface ConnectionCloseOk {
  readonly id: typeof CONNECTION_CLOSE_OK;
}

/** connection.blocked */
export interface ConnectionBlocked {
  readonly id: typeof CONNECTION_BLOCKED;
  readonly reason: string;
}

/** connection.unblocked */
export interface ConnectionUnblocked {
  readonly id: typeof CONNECTION_UNBLOCKED;
}

/** connection.update-secret */
export interface ConnectionUpdateSecret {
  readonly id: typeof CONNECTION_UPDATE_SECRET;
  readonly newSecret: Buffer;
  readonly reason: string;
}

/** connection.update-secret-ok */
export interface ConnectionUpdateSecretOk {
  readonly id: typeof CONNECTION_UPDATE_SECRET_OK;
}

/** channel.open */
export interface ChannelOpen {
  readonly id: typeof CHANNEL_OPEN;
}

/** channel.open-ok */
export interface ChannelOpenOk {
  readonly id: typeof CHANNEL_OPEN_OK;
}

/** channel.flow */
export interface ChannelFlow {
  readonly id: typeof CHANNEL_FLOW;
  readonly active: boolean;
}

/** channel.flow-ok */
export interface ChannelFlowOk {
  readonly id: typeof CHANNEL_FLOW_OK;
  readonly active: boolean;
}

/** channel.close */
export interface ChannelClose {
  readonly id: typeof CHANNEL_CLOSE;
  readonly replyCode: number;
  readonly replyText: string;
  readonly classId: number;
  readonly methodId: number;
}

/** channel.close-ok */
export interface ChannelCloseOk {
  readonly id: typeof CHANNEL_CLOSE_OK;
}

/** access.request */
export interface AccessRequest {
  readonly id: typeof ACCESS_REQUEST;
  readonly realm: string;
  readonly exclusive: boolean;
  readonly passive: boolean;
  readonly active: boolean;
  readonly write: boolean;
  readonly read: boolean;
}

/** access.request-ok */
export interface AccessRequestOk {
  readonly id: typeof ACCESS_REQUEST_OK;
  readonly ticket: number;
}

/** exchange.declare */
export interface ExchangeDeclare {
  readonly id: typeof EXCHANGE_DECLARE;
  readonly exchange: string;
  readonly type: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly internal: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

/** exchange.declare-ok */
export interface ExchangeDeclareOk {
  readonly id: typeof EXCHANGE_DECLARE_OK;
}

/** exchange.delete */
export interface ExchangeDelete {
  readonly id: typeof EXCHANGE_DELETE;
  readonly exchange: string;
  readonly ifUnused: boolean;
  readonly noWait: boolean;
}

/** exchange.delete-ok */
export interface ExchangeDeleteOk {
  readonly id: typeof EXCHANGE_DELETE_OK;
}

/** exchange.bind */
export interface ExchangeBind {
  readonly id: typeof EXCHANGE_BIND;
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

/** exchange.bind-ok */
export interface ExchangeBindOk {
  readonly id: typeof EXCHANGE_BIND_OK;
}

/** exchange.unbind */
export interface ExchangeUnbind {
  readonly id: typeof EXCHANGE_UNBIND;
  readonly destination: string;
  readonly source: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

/** exchange.unbind-ok */
export interface ExchangeUnbindOk {
  readonly id: typeof EXCHANGE_UNBIND_OK;
}

/** queue.declare */
export interface QueueDeclare {
  readonly id: typeof QUEUE_DECLARE;
  readonly queue: string;
  readonly passive: boolean;
  readonly durable: boolean;
  readonly exclusive: boolean;
  readonly autoDelete: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

/** queue.declare-ok */
export interface QueueDeclareOk {
  readonly id: typeof QUEUE_DECLARE_OK;
  readonly queue: string;
  readonly messageCount: number;
  readonly consumerCount: number;
}

/** queue.bind */
export interface QueueBind {
  readonly id: typeof QUEUE_BIND;
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

/** queue.bind-ok */
export interface QueueBindOk {
  readonly id: typeof QUEUE_BIND_OK;
}

/** queue.purge */
export interface QueuePurge {
  readonly id: typeof QUEUE_PURGE;
  readonly queue: string;
  readonly noWait: boolean;
}

/** queue.purge-ok */
export interface QueuePurgeOk {
  readonly id: typeof QUEUE_PURGE_OK;
  readonly messageCount: number;
}

/** queue.delete */
export interface QueueDelete {
  readonly id: typeof QUEUE_DELETE;
  readonly queue: string;
  readonly ifUnused: boolean;
  readonly ifEmpty: boolean;
  readonly noWait: boolean;
}

/** queue.delete-ok */
export interface QueueDeleteOk {
  readonly id: typeof QUEUE_DELETE_OK;
  readonly messageCount: number;
}

/** queue.unbind */
export interface QueueUnbind {
  readonly id: typeof QUEUE_UNBIND;
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly arguments: FieldTable;
}

/** queue.unbind-ok */
export interface QueueUnbindOk {
  readonly id: typeof QUEUE_UNBIND_OK;
}

/** basic.qos */
export interface BasicQos {
  readonly id: typeof BASIC_QOS;
  readonly prefetchSize: number;
  readonly prefetchCount: number;
  readonly global: boolean;
}

/** basic.qos-ok */
export interface BasicQosOk {
  readonly id: typeof BASIC_QOS_OK;
}

/** basic.consume */
export interface BasicConsume {
  readonly id: typeof BASIC_CONSUME;
  readonly queue: string;
  readonly consumerTag: string;
  readonly noLocal: boolean;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  readonly noWait: boolean;
  readonly arguments: FieldTable;
}

/** basic.consume-ok */
export interface BasicConsumeOk {
  readonly id: typeof BASIC_CONSUME_OK;
  readonly consumerTag: string;
}

/** basic.cancel */
export interface BasicCancel {
  readonly id: typeof BASIC_CANCEL;
  readonly consumerTag: string;
  readonly noWait: boolean;
}

/** basic.cancel-ok */
export interface BasicCancelOk {
  readonly id: typeof BASIC_CANCEL_OK;
  readonly consumerTag: string;
}

/** basic.publish */
export interface BasicPublish {
  readonly id: typeof BASIC_PUBLISH;
  readonly exchange: string;
  readonly routingKey: string;
  readonly mandatory: boolean;
  readonly immediate: boolean;
}

/** basic.return */
export interface BasicReturn {
  readonly id: typeof BASIC_RETURN;
  readonly replyCode: number;
  readonly replyText: string;
  readonly exchange: string;
  readonly routingKey: string;
}

/** basic.deliver */
export interface BasicDeliver {
  readonly id: typeof BASIC_DELIVER;
  readonly consumerTag: string;
  /** Exact up to 2^53. */
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
}

/** basic.get */
export interface BasicGet {
  readonly id: typeof BASIC_GET;
  readonly queue: string;
  readonly noAck: boolean;
}

/** basic.get-ok */
export interface BasicGetOk {
  readonly id: typeof BASIC_GET_OK;
  /** Exact up to 2^53. */
  readonly deliveryTag: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageCount: number;
}

/** basic.get-empty */
export interface BasicGetEmpty {
  readonly id: typeof BASIC_GET_EMPTY;
}

/** basic.ack */
export interface BasicAck {
  readonly id: typeof BASIC_ACK;
  /** Exact up to 2^53. */
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

/** basic.reject */
export interface BasicReject {
  readonly id: typeof BASIC_REJECT;
  /** Exact up to 2^53. */
  readonly deliveryTag: number;
  readonly requeue: boolean;
}

/** basic.recover-async */
export interface BasicRecoverAsync {
  readonly id: typeof BASIC_RECOVER_ASYNC;
  readonly requeue: boolean;
}

/** basic.recover */
export interface BasicRecover {
  readonly id: typeof BASIC_RECOVER;
  readonly requeue: boolean;
}

/** basic.recover-ok */
export interface BasicRecoverOk {
  readonly id: typeof BASIC_RECOVER_OK;
}

/** basic.nack */
export interface BasicNack {
  readonly id: typeof BASIC_NACK;
  /** Exact up to 2^53. */
  readonly deliveryTag: number;
  readonly multiple: boolean;
  readonly requeue: boolean;
}

/** confirm.select */
export interface ConfirmSelect {
  readonly id: typeof CONFIRM_SELECT;
  readonly noWait: boolean;
}

/** confirm.select-ok */
export interface ConfirmSelectOk {
  readonly id: typeof CONFIRM_SELECT_OK;
}

/** tx.select */
export interface TxSelect {
  readonly id: typeof TX_SELECT;
}

/** tx.select-ok */
export interface TxSelectOk {
  readonly id: typeof TX_SELECT_OK;
}

/** tx.commit */
export interface TxCommit {
  readonly id: typeof TX_COMMIT;
}

/** tx.commit-ok */
export interface TxCommitOk {
  readonly id: typeof TX_COMMIT_OK;
}

/** tx.rollback */
export interface TxRollback {
  readonly id: typeof TX_ROLLBACK;
}

/** tx.rollback-ok */
export interface TxRollbackOk {
  readonly id: typeof TX_ROLLBACK_OK;
}

export type Method =
  | ConnectionStart
  | ConnectionStartOk
  | ConnectionSecure
  | ConnectionSecureOk
  | ConnectionTune
  | ConnectionTuneOk
  | ConnectionOpen
  | ConnectionOpenOk
  | ConnectionClose
  | ConnectionCloseOk
  | ConnectionBlocked
  | ConnectionUnblocked
  | ConnectionUpdateSecret
  | ConnectionUpdateSecretOk
  | ChannelOpen
  | ChannelOpenOk
  | ChannelFlow
  | ChannelFlowOk
  | ChannelClose
  | ChannelCloseOk
  | AccessRequest
  | AccessRequestOk
  | ExchangeDeclare
  | ExchangeDeclareOk
  | ExchangeDelete
  | ExchangeDeleteOk
  | ExchangeBind
  | ExchangeBindOk
  | ExchangeUnbind
  | ExchangeUnbindOk
  | QueueDeclare
  | QueueDeclareOk
  | QueueBind
  | QueueBindOk
  | QueuePurge
  | QueuePurgeOk
  | QueueDelete
  | QueueDeleteOk
  | QueueUnbind
  | QueueUnbindOk
  | BasicQos
  | BasicQosOk
  | BasicConsume
  | BasicConsumeOk
  | BasicCancel
  | BasicCancelOk
  | BasicPublish
  | BasicReturn
  | BasicDeliver
  | BasicGet
  | BasicGetOk
  | BasicGetEmpty
  | BasicAck
  | BasicReject
  | BasicRecoverAsync
  | BasicRecover
  | BasicRecoverOk
  | BasicNack
  | ConfirmSelect
  | ConfirmSelectOk
  | TxSelect
  | TxSelectOk
  | TxCommit
  | TxCommitOk
  | TxRollback
  | TxRollbackOk;

/**
 * Reads class id, method id and fields; the reader must end with the method. Throws an AmqpError
 * with class and method id set: 501 when the fields do not decode, 503 when the method is unknown.
 */
export function decodeMethod(reader: ByteReader): Method {
  const id = readMethodId(reader);
  const fieldsStart = reader.position;
  try {
    const method = readFields(id, reader);
    reader.expectEnd();
    return method;
  } catch (error) {
    throw rejectMethod(error, id, reader, fieldsStart);
  }
}

function readFields(id: number, reader: ByteReader): Method {
  switch (id) {
    case CONNECTION_START:
      return readConnectionStart(reader);
    case CONNECTION_START_OK:
      return readConnectionStartOk(reader);
    case CONNECTION_SECURE:
      return readConnectionSecure(reader);
    case CONNECTION_SECURE_OK:
      return readConnectionSecureOk(reader);
    case CONNECTION_TUNE:
      return readConnectionTune(reader);
    case CONNECTION_TUNE_OK:
      return readConnectionTuneOk(reader);
    case CONNECTION_OPEN:
      return readConnectionOpen(reader);
    case CONNECTION_OPEN_OK:
      return readConnectionOpenOk(reader);
    case CONNECTION_CLOSE:
      return readConnectionClose(reader);
    case CONNECTION_CLOSE_OK:
      return { id: CONNECTION_CLOSE_OK };
    case CONNECTION_BLOCKED:
      return readConnectionBlocked(reader);
    case CONNECTION_UNBLOCKED:
      return { id: CONNECTION_UNBLOCKED };
    case CONNECTION_UPDATE_SECRET:
      return readConnectionUpdateSecret(reader);
    case CONNECTION_UPDATE_SECRET_OK:
      return { id: CONNECTION_UPDATE_SECRET_OK };
    case CHANNEL_OPEN:
      return readChannelOpen(reader);
    case CHANNEL_OPEN_OK:
      return readChannelOpenOk(reader);
    case CHANNEL_FLOW:
      return readChannelFlow(reader);
    case CHANNEL_FLOW_OK:
      return readChannelFlowOk(reader);
    case CHANNEL_CLOSE:
      return readChannelClose(reader);
    case CHANNEL_CLOSE_OK:
      return { id: CHANNEL_CLOSE_OK };
    case ACCESS_REQUEST:
      return readAccessRequest(reader);
    case ACCESS_REQUEST_OK:
      return readAccessRequestOk(reader);
    case EXCHANGE_DECLARE:
      return readExchangeDeclare(reader);
    case EXCHANGE_DECLARE_OK:
      return { id: EXCHANGE_DECLARE_OK };
    case EXCHANGE_DELETE:
      return readExchangeDelete(reader);
    case EXCHANGE_DELETE_OK:
      return { id: EXCHANGE_DELETE_OK };
    case EXCHANGE_BIND:
      return readExchangeBind(reader);
    case EXCHANGE_BIND_OK:
      return { id: EXCHANGE_BIND_OK };
    case EXCHANGE_UNBIND:
      return readExchangeUnbind(reader);
    case EXCHANGE_UNBIND_OK:
      return { id: EXCHANGE_UNBIND_OK };
    case QUEUE_DECLARE:
      return readQueueDeclare(reader);
    case QUEUE_DECLARE_OK:
      return readQueueDeclareOk(reader);
    case QUEUE_BIND:
      return readQueueBind(reader);
    case QUEUE_BIND_OK:
      return { id: QUEUE_BIND_OK };
    case QUEUE_PURGE:
      return readQueuePurge(reader);
    case QUEUE_PURGE_OK:
      return readQueuePurgeOk(reader);
    case QUEUE_DELETE:
      return readQueueDelete(reader);
    case QUEUE_DELETE_OK:
      return readQueueDeleteOk(reader);
    case QUEUE_UNBIND:
      return readQueueUnbind(reader);
    case QUEUE_UNBIND_OK:
      return { id: QUEUE_UNBIND_OK };
    case BASIC_QOS:
      return readBasicQos(reader);
    case BASIC_QOS_OK:
      return { id: BASIC_QOS_OK };
    case BASIC_CONSUME:
      return readBasicConsume(reader);
    case BASIC_CONSUME_OK:
      return readBasicConsumeOk(reader);
    case BASIC_CANCEL:
      return readBasicCancel(reader);
    case BASIC_CANCEL_OK:
      return readBasicCancelOk(reader);
    case BASIC_PUBLISH:
      return readBasicPublish(reader);
    case BASIC_RETURN:
      return readBasicReturn(reader);
    case BASIC_DELIVER:
      return readBasicDeliver(reader);
    case BASIC_GET:
      return readBasicGet(reader);
    case BASIC_GET_OK:
      return readBasicGetOk(reader);
    case BASIC_GET_EMPTY:
      return readBasicGetEmpty(reader);
    case BASIC_ACK:
      return readBasicAck(reader);
    case BASIC_REJECT:
      return readBasicReject(reader);
    case BASIC_RECOVER_ASYNC:
      return readBasicRecoverAsync(reader);
    case BASIC_RECOVER:
      return readBasicRecover(reader);
    case BASIC_RECOVER_OK:
      return { id: BASIC_RECOVER_OK };
    case BASIC_NACK:
      return readBasicNack(reader);
    case CONFIRM_SELECT:
      return readConfirmSelect(reader);
    case CONFIRM_SELECT_OK:
      return { id: CONFIRM_SELECT_OK };
    case TX_SELECT:
      return { id: TX_SELECT };
    case TX_SELECT_OK:
      return { id: TX_SELECT_OK };
    case TX_COMMIT:
      return { id: TX_COMMIT };
    case TX_COMMIT_OK:
      return { id: TX_COMMIT_OK };
    case TX_ROLLBACK:
      return { id: TX_ROLLBACK };
    case TX_ROLLBACK_OK:
      return { id: TX_ROLLBACK_OK };
    default:
      throw unknownMethod(id);
  }
}

function readConnectionStart(reader: ByteReader): ConnectionStart {
  const versionMajor = reader.octet();
  const versionMinor = reader.octet();
  const serverProperties = reader.table();
  const mechanisms = reader.longString();
  const locales = reader.longString();
  return {
    id: CONNECTION_START,
    versionMajor,
    versionMinor,
    serverProperties,
    mechanisms,
    locales,
  };
}

function readConnectionStartOk(reader: ByteReader): ConnectionStartOk {
  const clientProperties = reader.table();
  const mechanism = reader.shortString();
  const response = reader.longString();
  const locale = reader.shortString();
  return {
    id: CONNECTION_START_OK,
    clientProperties,
    mechanism,
    response,
    locale,
  };
}

function readConnectionSecure(reader: ByteReader): ConnectionSecure {
  const challenge = reader.longString();
  return {
    id: CONNECTION_SECURE,
    challenge,
  };
}

function readConnectionSecureOk(reader: ByteReader): ConnectionSecureOk {
  const response = reader.longString();
  return {
    id: CONNECTION_SECURE_OK,
    response,
  };
}

function readConnectionTune(reader: ByteReader): ConnectionTune {
  const channelMax = reader.short();
  const frameMax = reader.long();
  const heartbeat = reader.short();
  return {
    id: CONNECTION_TUNE,
    channelMax,
    frameMax,
    heartbeat,
  };
}

function readConnectionTuneOk(reader: ByteReader): ConnectionTuneOk {
  const channelMax = reader.short();
  const frameMax = reader.long();
  const heartbeat = reader.short();
  return {
    id: CONNECTION_TUNE_OK,
    channelMax,
    frameMax,
    heartbeat,
  };
}

function readConnectionOpen(reader: ByteReader): ConnectionOpen {
  const virtualHost = reader.shortString();
  reader.skipShortString();
  reader.skip(1);
  return {
    id: CONNECTION_OPEN,
    virtualHost,
  };
}

function readConnectionOpenOk(reader: ByteReader): ConnectionOpenOk {
  reader.skipShortString();
  return {
    id: CONNECTION_OPEN_OK,
  };
}

function readConnectionClose(reader: ByteReader): ConnectionClose {
  const replyCode = reader.short();
  const replyText = reader.shortString();
  const classId = reader.short();
  const methodId = reader.short();
  return {
    id: CONNECTION_CLOSE,
    replyCode,
    replyText,
    classId,
    methodId,
  };
}

function readConnectionBlocked(reader: ByteReader): ConnectionBlocked {
  const reason = reader.shortString();
  return {
    id: CONNECTION_BLOCKED,
    reason,
  };
}

function readConnectionUpdateSecret(reader: ByteReader): ConnectionUpdateSecret {
  const newSecret = reader.longString();
  const reason = reader.shortString();
  return {
    id: CONNECTION_UPDATE_SECRET,
    newSecret,
    reason,
  };
}

function readChannelOpen(reader: ByteReader): ChannelOpen {
  reader.skipShortString();
  return {
    id: CHANNEL_OPEN,
  };
}

function readChannelOpenOk(reader: ByteReader): ChannelOpenOk {
  reader.skipLongString();
  return {
    id: CHANNEL_OPEN_OK,
  };
}

function readChannelFlow(reader: ByteReader): ChannelFlow {
  const bits = reader.octet();
  return {
    id: CHANNEL_FLOW,
    active: (bits & 1) !== 0,
  };
}

function readChannelFlowOk(reader: ByteReader): ChannelFlowOk {
  const bits = reader.octet();
  return {
    id: CHANNEL_FLOW_OK,
    active: (bits & 1) !== 0,
  };
}

function readChannelClose(reader: ByteReader): ChannelClose {
  const replyCode = reader.short();
  const replyText = reader.shortString();
  const classId = reader.short();
  const methodId = reader.short();
  return {
    id: CHANNEL_CLOSE,
    replyCode,
    replyText,
    classId,
    methodId,
  };
}

function readAccessRequest(reader: ByteReader): AccessRequest {
  const realm = reader.shortString();
  const bits = reader.octet();
  return {
    id: ACCESS_REQUEST,
    realm,
    exclusive: (bits & 1) !== 0,
    passive: (bits & 2) !== 0,
    active: (bits & 4) !== 0,
    write: (bits & 8) !== 0,
    read: (bits & 16) !== 0,
  };
}

function readAccessRequestOk(reader: ByteReader): AccessRequestOk {
  const ticket = reader.short();
  return {
    id: ACCESS_REQUEST_OK,
    ticket,
  };
}

function readExchangeDeclare(reader: ByteReader): ExchangeDeclare {
  reader.skip(2);
  const exchange = reader.shortString();
  const type = reader.shortString();
  const bits = reader.octet();
  const argumentTable = reader.table();
  return {
    id: EXCHANGE_DECLARE,
    exchange,
    type,
    passive: (bits & 1) !== 0,
    durable: (bits & 2) !== 0,
    autoDelete: (bits & 4) !== 0,
    internal: (bits & 8) !== 0,
    noWait: (bits & 16) !== 0,
    arguments: argumentTable,
  };
}

function readExchangeDelete(reader: ByteReader): ExchangeDelete {
  reader.skip(2);
  const exchange = reader.shortString();
  const bits = reader.octet();
  return {
    id: EXCHANGE_DELETE,
    exchange,
    ifUnused: (bits & 1) !== 0,
    noWait: (bits & 2) !== 0,
  };
}

function readExchangeBind(reader: ByteReader): ExchangeBind {
  reader.skip(2);
  const destination = reader.shortString();
  const source = reader.shortString();
  const routingKey = reader.shortString();
  const bits = reader.octet();
  const argumentTable = reader.table();
  return {
    id: EXCHANGE_BIND,
    destination,
    source,
    routingKey,
    noWait: (bits & 1) !== 0,
    arguments: argumentTable,
  };
}

function readExchangeUnbind(reader: ByteReader): ExchangeUnbind {
  reader.skip(2);
  const destination = reader.shortString();
  const source = reader.shortString();
  const routingKey = reader.shortString();
  const bits = reader.octet();
  const argumentTable = reader.table();
  return {
    id: EXCHANGE_UNBIND,
    destination,
    source,
    routingKey,
    noWait: (bits & 1) !== 0,
    arguments: argumentTable,
  };
}

function readQueueDeclare(reader: ByteReader): QueueDeclare {
  reader.skip(2);
  const queue = reader.shortString();
  const bits = reader.octet();
  const argumentTable = reader.table();
  return {
    id: QUEUE_DECLARE,
    queue,
    passive: (bits & 1) !== 0,
    durable: (bits & 2) !== 0,
    exclusive: (bits & 4) !== 0,
    autoDelete: (bits & 8) !== 0,
    noWait: (bits & 16) !== 0,
    arguments: argumentTable,
  };
}

function readQueueDeclareOk(reader: ByteReader): QueueDeclareOk {
  const queue = reader.shortString();
  const messageCount = reader.long();
  const consumerCount = reader.long();
  return {
    id: QUEUE_DECLARE_OK,
    queue,
    messageCount,
    consumerCount,
  };
}

function readQueueBind(reader: ByteReader): QueueBind {
  reader.skip(2);
  const queue = reader.shortString();
  const exchange = reader.shortString();
  const routingKey = reader.shortString();
  const bits = reader.octet();
  const argumentTable = reader.table();
  return {
    id: QUEUE_BIND,
    queue,
    exchange,
    routingKey,
    noWait: (bits & 1) !== 0,
    arguments: argumentTable,
  };
}

function readQueuePurge(reader: ByteReader): QueuePurge {
  reader.skip(2);
  const queue = reader.shortString();
  const bits = reader.octet();
  return {
    id: QUEUE_PURGE,
    queue,
    noWait: (bits & 1) !== 0,
  };
}

function readQueuePurgeOk(reader: ByteReader): QueuePurgeOk {
  const messageCount = reader.long();
  return {
    id: QUEUE_PURGE_OK,
    messageCount,
  };
}

function readQueueDelete(reader: ByteReader): QueueDelete {
  reader.skip(2);
  const queue = reader.shortString();
  const bits = reader.octet();
  return {
    id: QUEUE_DELETE,
    queue,
    ifUnused: (bits & 1) !== 0,
    ifEmpty: (bits & 2) !== 0,
    noWait: (bits & 4) !== 0,
  };
}

function readQueueDeleteOk(reader: ByteReader): QueueDeleteOk {
  const messageCount = reader.long();
  return {
    id: QUEUE_DELETE_OK,
    messageCount,
  };
}

function readQueueUnbind(reader: ByteReader): QueueUnbind {
  reader.skip(2);
  const queue = reader.shortString();
  const exchange = reader.shortString();
  const routingKey = reader.shortString();
  const argumentTable = reader.table();
  return {
    id: QUEUE_UNBIND,
    queue,
    exchange,
    routingKey,
    arguments: argumentTable,
  };
}

function readBasicQos(reader: ByteReader): BasicQos {
  const prefetchSize = reader.long();
  const prefetchCount = reader.short();
  const bits = reader.octet();
  return {
    id: BASIC_QOS,
    prefetchSize,
    prefetchCount,
    global: (bits & 1) !== 0,
  };
}

function readBasicConsume(reader: ByteReader): BasicConsume {
  reader.skip(2);
  const queue = reader.shortString();
  const consumerTag = reader.shortString();
  const bits = reader.octet();
  const argumentTable = reader.table();
  return {
    id: BASIC_CONSUME,
    queue,
    consumerTag,
    noLocal: (bits & 1) !== 0,
    noAck: (bits & 2) !== 0,
    exclusive: (bits & 4) !== 0,
    noWait: (bits & 8) !== 0,
    arguments: argumentTable,
  };
}

function readBasicConsumeOk(reader: ByteReader): BasicConsumeOk {
  const consumerTag = reader.shortString();
  return {
    id: BASIC_CONSUME_OK,
    consumerTag,
  };
}

function readBasicCancel(reader: ByteReader): BasicCancel {
  const consumerTag = reader.shortString();
  const bits = reader.octet();
  return {
    id: BASIC_CANCEL,
    consumerTag,
    noWait: (bits & 1) !== 0,
  };
}

function readBasicCancelOk(reader: ByteReader): BasicCancelOk {
  const consumerTag = reader.shortString();
  return {
    id: BASIC_CANCEL_OK,
    consumerTag,
  };
}

function readBasicPublish(reader: ByteReader): BasicPublish {
  reader.skip(2);
  const exchange = reader.shortString();
  const routingKey = reader.shortString();
  const bits = reader.octet();
  return {
    id: BASIC_PUBLISH,
    exchange,
    routingKey,
    mandatory: (bits & 1) !== 0,
    immediate: (bits & 2) !== 0,
  };
}

function readBasicReturn(reader: ByteReader): BasicReturn {
  const replyCode = reader.short();
  const replyText = reader.shortString();
  const exchange = reader.shortString();
  const routingKey = reader.shortString();
  return {
    id: BASIC_RETURN,
    replyCode,
    replyText,
    exchange,
    routingKey,
  };
}

function readBasicDeliver(reader: ByteReader): BasicDeliver {
  const consumerTag = reader.shortString();
  const deliveryTag = reader.longlong();
  const bits = reader.octet();
  const exchange = reader.shortString();
  const routingKey = reader.shortString();
  return {
    id: BASIC_DELIVER,
    consumerTag,
    deliveryTag,
    redelivered: (bits & 1) !== 0,
    exchange,
    routingKey,
  };
}

function readBasicGet(reader: ByteReader): BasicGet {
  reader.skip(2);
  const queue = reader.shortString();
  const bits = reader.octet();
  return {
    id: BASIC_GET,
    queue,
    noAck: (bits & 1) !== 0,
  };
}

function readBasicGetOk(reader: ByteReader): BasicGetOk {
  const deliveryTag = reader.longlong();
  const bits = reader.octet();
  const exchange = reader.shortString();
  const routingKey = reader.shortString();
  const messageCount = reader.long();
  return {
    id: BASIC_GET_OK,
    deliveryTag,
    redelivered: (bits & 1) !== 0,
    exchange,
    routingKey,
    messageCount,
  };
}

function readBasicGetEmpty(reader: ByteReader): BasicGetEmpty {
  reader.skipShortString();
  return {
    id: BASIC_GET_EMPTY,
  };
}

function readBasicAck(reader: ByteReader): BasicAck {
  const deliveryTag = reader.longlong();
  const bits = reader.octet();
  return {
    id: BASIC_ACK,
    deliveryTag,
    multiple: (bits & 1) !== 0,
  };
}

function readBasicReject(reader: ByteReader): BasicReject {
  const deliveryTag = reader.longlong();
  const bits = reader.octet();
  return {
    id: BASIC_REJECT,
    deliveryTag,
    requeue: (bits & 1) !== 0,
  };
}

function readBasicRecoverAsync(reader: ByteReader): BasicRecoverAsync {
  const bits = reader.octet();
  return {
    id: BASIC_RECOVER_ASYNC,
    requeue: (bits & 1) !== 0,
  };
}

function readBasicRecover(reader: ByteReader): BasicRecover {
  const bits = reader.octet();
  return {
    id: BASIC_RECOVER,
    requeue: (bits & 1) !== 0,
  };
}

function readBasicNack(reader: ByteReader): BasicNack {
  const deliveryTag = reader.longlong();
  const bits = reader.octet();
  return {
    id: BASIC_NACK,
    deliveryTag,
    multiple: (bits & 1) !== 0,
    requeue: (bits & 2) !== 0,
  };
}

function readConfirmSelect(reader: ByteReader): ConfirmSelect {
  const bits = reader.octet();
  return {
    id: CONFIRM_SELECT,
    noWait: (bits & 1) !== 0,
  };
}

/** Writes class id, method id and fields (the payload of a method frame). */
export function encodeMethod(writer: ByteWriter, method: Method): void {
  writer.long(method.id);
  switch (method.id) {
    case CONNECTION_START:
      writeConnectionStart(writer, method);
      break;
    case CONNECTION_START_OK:
      writeConnectionStartOk(writer, method);
      break;
    case CONNECTION_SECURE:
      writeConnectionSecure(writer, method);
      break;
    case CONNECTION_SECURE_OK:
      writeConnectionSecureOk(writer, method);
      break;
    case CONNECTION_TUNE:
      writeConnectionTune(writer, method);
      break;
    case CONNECTION_TUNE_OK:
      writeConnectionTuneOk(writer, method);
      break;
    case CONNECTION_OPEN:
      writeConnectionOpen(writer, method);
      break;
    case CONNECTION_OPEN_OK:
      writeConnectionOpenOk(writer);
      break;
    case CONNECTION_CLOSE:
      writeConnectionClose(writer, method);
      break;
    case CONNECTION_BLOCKED:
      writeConnectionBlocked(writer, method);
      break;
    case CONNECTION_UPDATE_SECRET:
      writeConnectionUpdateSecret(writer, method);
      break;
    case CHANNEL_OPEN:
      writeChannelOpen(writer);
      break;
    case CHANNEL_OPEN_OK:
      writeChannelOpenOk(writer);
      break;
    case CHANNEL_FLOW:
      writeChannelFlow(writer, method);
      break;
    case CHANNEL_FLOW_OK:
      writeChannelFlowOk(writer, method);
      break;
    case CHANNEL_CLOSE:
      writeChannelClose(writer, method);
      break;
    case ACCESS_REQUEST:
      writeAccessRequest(writer, method);
      break;
    case ACCESS_REQUEST_OK:
      writeAccessRequestOk(writer, method);
      break;
    case EXCHANGE_DECLARE:
      writeExchangeDeclare(writer, method);
      break;
    case EXCHANGE_DELETE:
      writeExchangeDelete(writer, method);
      break;
    case EXCHANGE_BIND:
      writeExchangeBind(writer, method);
      break;
    case EXCHANGE_UNBIND:
      writeExchangeUnbind(writer, method);
      break;
    case QUEUE_DECLARE:
      writeQueueDeclare(writer, method);
      break;
    case QUEUE_DECLARE_OK:
      writeQueueDeclareOk(writer, method);
      break;
    case QUEUE_BIND:
      writeQueueBind(writer, method);
      break;
    case QUEUE_PURGE:
      writeQueuePurge(writer, method);
      break;
    case QUEUE_PURGE_OK:
      writeQueuePurgeOk(writer, method);
      break;
    case QUEUE_DELETE:
      writeQueueDelete(writer, method);
      break;
    case QUEUE_DELETE_OK:
      writeQueueDeleteOk(writer, method);
      break;
    case QUEUE_UNBIND:
      writeQueueUnbind(writer, method);
      break;
    case BASIC_QOS:
      writeBasicQos(writer, method);
      break;
    case BASIC_CONSUME:
      writeBasicConsume(writer, method);
      break;
    case BASIC_CONSUME_OK:
      writeBasicConsumeOk(writer, method);
      break;
    case BASIC_CANCEL:
      writeBasicCancel(writer, method);
      break;
    case BASIC_CANCEL_OK:
      writeBasicCancelOk(writer, method);
      break;
    case BASIC_PUBLISH:
      writeBasicPublish(writer, method);
      break;
    case BASIC_RETURN:
      writeBasicReturn(writer, method);
      break;
    case BASIC_DELIVER:
      writeBasicDeliver(writer, method);
      break;
    case BASIC_GET:
      writeBasicGet(writer, method);
      break;
    case BASIC_GET_OK:
      writeBasicGetOk(writer, method);
      break;
    case BASIC_GET_EMPTY:
      writeBasicGetEmpty(writer);
      break;
    case BASIC_ACK:
      writeBasicAck(writer, method);
      break;
    case BASIC_REJECT:
      writeBasicReject(writer, method);
      break;
    case BASIC_RECOVER_ASYNC:
      writeBasicRecoverAsync(writer, method);
      break;
    case BASIC_RECOVER:
      writeBasicRecover(writer, method);
      break;
    case BASIC_NACK:
      writeBasicNack(writer, method);
      break;
    case CONFIRM_SELECT:
      writeConfirmSelect(writer, method);
      break;
  }
}

function writeConnectionStart(writer: ByteWriter, method: ConnectionStart): void {
  writer.octet(method.versionMajor);
  writer.octet(method.versionMinor);
  writer.table(method.serverProperties);
  writer.longString(method.mechanisms);
  writer.longString(method.locales);
}

function writeConnectionStartOk(writer: ByteWriter, method: ConnectionStartOk): void {
  writer.table(method.clientProperties);
  writer.shortString(method.mechanism);
  writer.longString(method.response);
  writer.shortString(method.locale);
}

function writeConnectionSecure(writer: ByteWriter, method: ConnectionSecure): void {
  writer.longString(method.challenge);
}

function writeConnectionSecureOk(writer: ByteWriter, method: ConnectionSecureOk): void {
  writer.longString(method.response);
}

function writeConnectionTune(writer: ByteWriter, method: ConnectionTune): void {
  writer.short(method.channelMax);
  writer.long(method.frameMax);
  writer.short(method.heartbeat);
}

function writeConnectionTuneOk(writer: ByteWriter, method: ConnectionTuneOk): void {
  writer.short(method.channelMax);
  writer.long(method.frameMax);
  writer.short(method.heartbeat);
}

function writeConnectionOpen(writer: ByteWriter, method: ConnectionOpen): void {
  writer.shortString(method.virtualHost);
  writer.octet(0);
  writer.octet(0);
}

function writeConnectionOpenOk(writer: ByteWriter): void {
  writer.octet(0);
}

function writeConnectionClose(writer: ByteWriter, method: ConnectionClose): void {
  writer.short(method.replyCode);
  writer.shortString(method.replyText);
  writer.short(method.classId);
  writer.short(method.methodId);
}

function writeConnectionBlocked(writer: ByteWriter, method: ConnectionBlocked): void {
  writer.shortString(method.reason);
}

function writeConnectionUpdateSecret(writer: ByteWriter, method: ConnectionUpdateSecret): void {
  writer.longString(method.newSecret);
  writer.shortString(method.reason);
}

function writeChannelOpen(writer: ByteWriter): void {
  writer.octet(0);
}

function writeChannelOpenOk(writer: ByteWriter): void {
  writer.long(0);
}

function writeChannelFlow(writer: ByteWriter, method: ChannelFlow): void {
  writer.octet((method.active ? 1 : 0));
}

function writeChannelFlowOk(writer: ByteWriter, method: ChannelFlowOk): void {
  writer.octet((method.active ? 1 : 0));
}

function writeChannelClose(writer: ByteWriter, method: ChannelClose): void {
  writer.short(method.replyCode);
  writer.shortString(method.replyText);
  writer.short(method.classId);
  writer.short(method.methodId);
}

function writeAccessRequest(writer: ByteWriter, method: AccessRequest): void {
  writer.shortString(method.realm);
  writer.octet((method.exclusive ? 1 : 0) | (method.passive ? 2 : 0) | (method.active ? 4 : 0) | (method.write ? 8 : 0) | (method.read ? 16 : 0));
}

function writeAccessRequestOk(writer: ByteWriter, method: AccessRequestOk): void {
  writer.short(method.ticket);
}

function writeExchangeDeclare(writer: ByteWriter, method: ExchangeDeclare): void {
  writer.short(0);
  writer.shortString(method.exchange);
  writer.shortString(method.type);
  writer.octet((method.passive ? 1 : 0) | (method.durable ? 2 : 0) | (method.autoDelete ? 4 : 0) | (method.internal ? 8 : 0) | (method.noWait ? 16 : 0));
  writer.table(method.arguments);
}

function writeExchangeDelete(writer: ByteWriter, method: ExchangeDelete): void {
  writer.short(0);
  writer.shortString(method.exchange);
  writer.octet((method.ifUnused ? 1 : 0) | (method.noWait ? 2 : 0));
}

function writeExchangeBind(writer: ByteWriter, method: ExchangeBind): void {
  writer.short(0);
  writer.shortString(method.destination);
  writer.shortString(method.source);
  writer.shortString(method.routingKey);
  writer.octet((method.noWait ? 1 : 0));
  writer.table(method.arguments);
}

function writeExchangeUnbind(writer: ByteWriter, method: ExchangeUnbind): void {
  writer.short(0);
  writer.shortString(method.destination);
  writer.shortString(method.source);
  writer.shortString(method.routingKey);
  writer.octet((method.noWait ? 1 : 0));
  writer.table(method.arguments);
}

function writeQueueDeclare(writer: ByteWriter, method: QueueDeclare): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.octet((method.passive ? 1 : 0) | (method.durable ? 2 : 0) | (method.exclusive ? 4 : 0) | (method.autoDelete ? 8 : 0) | (method.noWait ? 16 : 0));
  writer.table(method.arguments);
}

function writeQueueDeclareOk(writer: ByteWriter, method: QueueDeclareOk): void {
  writer.shortString(method.queue);
  writer.long(method.messageCount);
  writer.long(method.consumerCount);
}

function writeQueueBind(writer: ByteWriter, method: QueueBind): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.shortString(method.exchange);
  writer.shortString(method.routingKey);
  writer.octet((method.noWait ? 1 : 0));
  writer.table(method.arguments);
}

function writeQueuePurge(writer: ByteWriter, method: QueuePurge): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.octet((method.noWait ? 1 : 0));
}

function writeQueuePurgeOk(writer: ByteWriter, method: QueuePurgeOk): void {
  writer.long(method.messageCount);
}

function writeQueueDelete(writer: ByteWriter, method: QueueDelete): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.octet((method.ifUnused ? 1 : 0) | (method.ifEmpty ? 2 : 0) | (method.noWait ? 4 : 0));
}

function writeQueueDeleteOk(writer: ByteWriter, method: QueueDeleteOk): void {
  writer.long(method.messageCount);
}

function writeQueueUnbind(writer: ByteWriter, method: QueueUnbind): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.shortString(method.exchange);
  writer.shortString(method.routingKey);
  writer.table(method.arguments);
}

function writeBasicQos(writer: ByteWriter, method: BasicQos): void {
  writer.long(method.prefetchSize);
  writer.short(method.prefetchCount);
  writer.octet((method.global ? 1 : 0));
}

function writeBasicConsume(writer: ByteWriter, method: BasicConsume): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.shortString(method.consumerTag);
  writer.octet((method.noLocal ? 1 : 0) | (method.noAck ? 2 : 0) | (method.exclusive ? 4 : 0) | (method.noWait ? 8 : 0));
  writer.table(method.arguments);
}

function writeBasicConsumeOk(writer: ByteWriter, method: BasicConsumeOk): void {
  writer.shortString(method.consumerTag);
}

function writeBasicCancel(writer: ByteWriter, method: BasicCancel): void {
  writer.shortString(method.consumerTag);
  writer.octet((method.noWait ? 1 : 0));
}

function writeBasicCancelOk(writer: ByteWriter, method: BasicCancelOk): void {
  writer.shortString(method.consumerTag);
}

function writeBasicPublish(writer: ByteWriter, method: BasicPublish): void {
  writer.short(0);
  writer.shortString(method.exchange);
  writer.shortString(method.routingKey);
  writer.octet((method.mandatory ? 1 : 0) | (method.immediate ? 2 : 0));
}

function writeBasicReturn(writer: ByteWriter, method: BasicReturn): void {
  writer.short(method.replyCode);
  writer.shortString(method.replyText);
  writer.shortString(method.exchange);
  writer.shortString(method.routingKey);
}

function writeBasicDeliver(writer: ByteWriter, method: BasicDeliver): void {
  writer.shortString(method.consumerTag);
  writer.longlong(method.deliveryTag);
  writer.octet((method.redelivered ? 1 : 0));
  writer.shortString(method.exchange);
  writer.shortString(method.routingKey);
}

function writeBasicGet(writer: ByteWriter, method: BasicGet): void {
  writer.short(0);
  writer.shortString(method.queue);
  writer.octet((method.noAck ? 1 : 0));
}

function writeBasicGetOk(writer: ByteWriter, method: BasicGetOk): void {
  writer.longlong(method.deliveryTag);
  writer.octet((method.redelivered ? 1 : 0));
  writer.shortString(method.exchange);
  writer.shortString(method.routingKey);
  writer.long(method.messageCount);
}

function writeBasicGetEmpty(writer: ByteWriter): void {
  writer.octet(0);
}

function writeBasicAck(writer: ByteWriter, method: BasicAck): void {
  writer.longlong(method.deliveryTag);
  writer.octet((method.multiple ? 1 : 0));
}

function writeBasicReject(writer: ByteWriter, method: BasicReject): void {
  writer.longlong(method.deliveryTag);
  writer.octet((method.requeue ? 1 : 0));
}

function writeBasicRecoverAsync(writer: ByteWriter, method: BasicRecoverAsync): void {
  writer.octet((method.requeue ? 1 : 0));
}

function writeBasicRecover(writer: ByteWriter, method: BasicRecover): void {
  writer.octet((method.requeue ? 1 : 0));
}

function writeBasicNack(writer: ByteWriter, method: BasicNack): void {
  writer.longlong(method.deliveryTag);
  writer.octet((method.multiple ? 1 : 0) | (method.requeue ? 2 : 0));
}

function writeConfirmSelect(writer: ByteWriter, method: ConfirmSelect): void {
  writer.octet((method.noWait ? 1 : 0));
}

/** Every method by its id: for dispatch rules, and for tools that speak AMQP by name. */
export const METHODS: ReadonlyMap<number, MethodSpec> = new Map<number, MethodSpec>([
  [
    CONNECTION_START,
    {
      id: CONNECTION_START,
      name: 'connection.start',
      from: 'server',
      isSynchronous: true,
      hasContent: false,
      replies: [CONNECTION_START_OK],
      fields: [
        { name: 'versionMajor', wireName: 'version-major', type: 'octet', isReserved: false },
        { name: 'versionMinor', wireName: 'version-minor', type: 'octet', isReserved: false },
        { name: 'serverProperties', wireName: 'server-properties', type: 'table', isReserved: false },
        { name: 'mechanisms', wireName: 'mechanisms', type: 'longstr', isReserved: false },
        { name: 'locales', wireName: 'locales', type: 'longstr', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_START_OK,
    {
      id: CONNECTION_START_OK,
      name: 'connection.start-ok',
      from: 'client',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'clientProperties', wireName: 'client-properties', type: 'table', isReserved: false },
        { name: 'mechanism', wireName: 'mechanism', type: 'shortstr', isReserved: false },
        { name: 'response', wireName: 'response', type: 'longstr', isReserved: false },
        { name: 'locale', wireName: 'locale', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_SECURE,
    {
      id: CONNECTION_SECURE,
      name: 'connection.secure',
      from: 'server',
      isSynchronous: true,
      hasContent: false,
      replies: [CONNECTION_SECURE_OK],
      fields: [
        { name: 'challenge', wireName: 'challenge', type: 'longstr', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_SECURE_OK,
    {
      id: CONNECTION_SECURE_OK,
      name: 'connection.secure-ok',
      from: 'client',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'response', wireName: 'response', type: 'longstr', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_TUNE,
    {
      id: CONNECTION_TUNE,
      name: 'connection.tune',
      from: 'server',
      isSynchronous: true,
      hasContent: false,
      replies: [CONNECTION_TUNE_OK],
      fields: [
        { name: 'channelMax', wireName: 'channel-max', type: 'short', isReserved: false },
        { name: 'frameMax', wireName: 'frame-max', type: 'long', isReserved: false },
        { name: 'heartbeat', wireName: 'heartbeat', type: 'short', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_TUNE_OK,
    {
      id: CONNECTION_TUNE_OK,
      name: 'connection.tune-ok',
      from: 'client',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'channelMax', wireName: 'channel-max', type: 'short', isReserved: false },
        { name: 'frameMax', wireName: 'frame-max', type: 'long', isReserved: false },
        { name: 'heartbeat', wireName: 'heartbeat', type: 'short', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_OPEN,
    {
      id: CONNECTION_OPEN,
      name: 'connection.open',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [CONNECTION_OPEN_OK],
      fields: [
        { name: 'virtualHost', wireName: 'virtual-host', type: 'shortstr', isReserved: false },
        { name: 'capabilities', wireName: 'capabilities', type: 'shortstr', isReserved: true },
        { name: 'insist', wireName: 'insist', type: 'bit', isReserved: true },
      ],
    },
  ],
  [
    CONNECTION_OPEN_OK,
    {
      id: CONNECTION_OPEN_OK,
      name: 'connection.open-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'knownHosts', wireName: 'known-hosts', type: 'shortstr', isReserved: true },
      ],
    },
  ],
  [
    CONNECTION_CLOSE,
    {
      id: CONNECTION_CLOSE,
      name: 'connection.close',
      from: 'both',
      isSynchronous: true,
      hasContent: false,
      replies: [CONNECTION_CLOSE_OK],
      fields: [
        { name: 'replyCode', wireName: 'reply-code', type: 'short', isReserved: false },
        { name: 'replyText', wireName: 'reply-text', type: 'shortstr', isReserved: false },
        { name: 'classId', wireName: 'class-id', type: 'short', isReserved: false },
        { name: 'methodId', wireName: 'method-id', type: 'short', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_CLOSE_OK,
    {
      id: CONNECTION_CLOSE_OK,
      name: 'connection.close-ok',
      from: 'both',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    CONNECTION_BLOCKED,
    {
      id: CONNECTION_BLOCKED,
      name: 'connection.blocked',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'reason', wireName: 'reason', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_UNBLOCKED,
    {
      id: CONNECTION_UNBLOCKED,
      name: 'connection.unblocked',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    CONNECTION_UPDATE_SECRET,
    {
      id: CONNECTION_UPDATE_SECRET,
      name: 'connection.update-secret',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [CONNECTION_UPDATE_SECRET_OK],
      fields: [
        { name: 'newSecret', wireName: 'new-secret', type: 'longstr', isReserved: false },
        { name: 'reason', wireName: 'reason', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    CONNECTION_UPDATE_SECRET_OK,
    {
      id: CONNECTION_UPDATE_SECRET_OK,
      name: 'connection.update-secret-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    CHANNEL_OPEN,
    {
      id: CHANNEL_OPEN,
      name: 'channel.open',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [CHANNEL_OPEN_OK],
      fields: [
        { name: 'outOfBand', wireName: 'out-of-band', type: 'shortstr', isReserved: true },
      ],
    },
  ],
  [
    CHANNEL_OPEN_OK,
    {
      id: CHANNEL_OPEN_OK,
      name: 'channel.open-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'channelId', wireName: 'channel-id', type: 'longstr', isReserved: true },
      ],
    },
  ],
  [
    CHANNEL_FLOW,
    {
      id: CHANNEL_FLOW,
      name: 'channel.flow',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [CHANNEL_FLOW_OK],
      fields: [
        { name: 'active', wireName: 'active', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    CHANNEL_FLOW_OK,
    {
      id: CHANNEL_FLOW_OK,
      name: 'channel.flow-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'active', wireName: 'active', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    CHANNEL_CLOSE,
    {
      id: CHANNEL_CLOSE,
      name: 'channel.close',
      from: 'both',
      isSynchronous: true,
      hasContent: false,
      replies: [CHANNEL_CLOSE_OK],
      fields: [
        { name: 'replyCode', wireName: 'reply-code', type: 'short', isReserved: false },
        { name: 'replyText', wireName: 'reply-text', type: 'shortstr', isReserved: false },
        { name: 'classId', wireName: 'class-id', type: 'short', isReserved: false },
        { name: 'methodId', wireName: 'method-id', type: 'short', isReserved: false },
      ],
    },
  ],
  [
    CHANNEL_CLOSE_OK,
    {
      id: CHANNEL_CLOSE_OK,
      name: 'channel.close-ok',
      from: 'both',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    ACCESS_REQUEST,
    {
      id: ACCESS_REQUEST,
      name: 'access.request',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [ACCESS_REQUEST_OK],
      fields: [
        { name: 'realm', wireName: 'realm', type: 'shortstr', isReserved: false },
        { name: 'exclusive', wireName: 'exclusive', type: 'bit', isReserved: false },
        { name: 'passive', wireName: 'passive', type: 'bit', isReserved: false },
        { name: 'active', wireName: 'active', type: 'bit', isReserved: false },
        { name: 'write', wireName: 'write', type: 'bit', isReserved: false },
        { name: 'read', wireName: 'read', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    ACCESS_REQUEST_OK,
    {
      id: ACCESS_REQUEST_OK,
      name: 'access.request-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: false },
      ],
    },
  ],
  [
    EXCHANGE_DECLARE,
    {
      id: EXCHANGE_DECLARE,
      name: 'exchange.declare',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [EXCHANGE_DECLARE_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'type', wireName: 'type', type: 'shortstr', isReserved: false },
        { name: 'passive', wireName: 'passive', type: 'bit', isReserved: false },
        { name: 'durable', wireName: 'durable', type: 'bit', isReserved: false },
        { name: 'autoDelete', wireName: 'auto-delete', type: 'bit', isReserved: false },
        { name: 'internal', wireName: 'internal', type: 'bit', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    EXCHANGE_DECLARE_OK,
    {
      id: EXCHANGE_DECLARE_OK,
      name: 'exchange.declare-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    EXCHANGE_DELETE,
    {
      id: EXCHANGE_DELETE,
      name: 'exchange.delete',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [EXCHANGE_DELETE_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'ifUnused', wireName: 'if-unused', type: 'bit', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    EXCHANGE_DELETE_OK,
    {
      id: EXCHANGE_DELETE_OK,
      name: 'exchange.delete-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    EXCHANGE_BIND,
    {
      id: EXCHANGE_BIND,
      name: 'exchange.bind',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [EXCHANGE_BIND_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'destination', wireName: 'destination', type: 'shortstr', isReserved: false },
        { name: 'source', wireName: 'source', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    EXCHANGE_BIND_OK,
    {
      id: EXCHANGE_BIND_OK,
      name: 'exchange.bind-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    EXCHANGE_UNBIND,
    {
      id: EXCHANGE_UNBIND,
      name: 'exchange.unbind',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [EXCHANGE_UNBIND_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'destination', wireName: 'destination', type: 'shortstr', isReserved: false },
        { name: 'source', wireName: 'source', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    EXCHANGE_UNBIND_OK,
    {
      id: EXCHANGE_UNBIND_OK,
      name: 'exchange.unbind-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    QUEUE_DECLARE,
    {
      id: QUEUE_DECLARE,
      name: 'queue.declare',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [QUEUE_DECLARE_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'passive', wireName: 'passive', type: 'bit', isReserved: false },
        { name: 'durable', wireName: 'durable', type: 'bit', isReserved: false },
        { name: 'exclusive', wireName: 'exclusive', type: 'bit', isReserved: false },
        { name: 'autoDelete', wireName: 'auto-delete', type: 'bit', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_DECLARE_OK,
    {
      id: QUEUE_DECLARE_OK,
      name: 'queue.declare-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'messageCount', wireName: 'message-count', type: 'long', isReserved: false },
        { name: 'consumerCount', wireName: 'consumer-count', type: 'long', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_BIND,
    {
      id: QUEUE_BIND,
      name: 'queue.bind',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [QUEUE_BIND_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_BIND_OK,
    {
      id: QUEUE_BIND_OK,
      name: 'queue.bind-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    QUEUE_PURGE,
    {
      id: QUEUE_PURGE,
      name: 'queue.purge',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [QUEUE_PURGE_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_PURGE_OK,
    {
      id: QUEUE_PURGE_OK,
      name: 'queue.purge-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'messageCount', wireName: 'message-count', type: 'long', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_DELETE,
    {
      id: QUEUE_DELETE,
      name: 'queue.delete',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [QUEUE_DELETE_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'ifUnused', wireName: 'if-unused', type: 'bit', isReserved: false },
        { name: 'ifEmpty', wireName: 'if-empty', type: 'bit', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_DELETE_OK,
    {
      id: QUEUE_DELETE_OK,
      name: 'queue.delete-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'messageCount', wireName: 'message-count', type: 'long', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_UNBIND,
    {
      id: QUEUE_UNBIND,
      name: 'queue.unbind',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [QUEUE_UNBIND_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    QUEUE_UNBIND_OK,
    {
      id: QUEUE_UNBIND_OK,
      name: 'queue.unbind-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    BASIC_QOS,
    {
      id: BASIC_QOS,
      name: 'basic.qos',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [BASIC_QOS_OK],
      fields: [
        { name: 'prefetchSize', wireName: 'prefetch-size', type: 'long', isReserved: false },
        { name: 'prefetchCount', wireName: 'prefetch-count', type: 'short', isReserved: false },
        { name: 'global', wireName: 'global', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_QOS_OK,
    {
      id: BASIC_QOS_OK,
      name: 'basic.qos-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    BASIC_CONSUME,
    {
      id: BASIC_CONSUME,
      name: 'basic.consume',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [BASIC_CONSUME_OK],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'consumerTag', wireName: 'consumer-tag', type: 'shortstr', isReserved: false },
        { name: 'noLocal', wireName: 'no-local', type: 'bit', isReserved: false },
        { name: 'noAck', wireName: 'no-ack', type: 'bit', isReserved: false },
        { name: 'exclusive', wireName: 'exclusive', type: 'bit', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
        { name: 'arguments', wireName: 'arguments', type: 'table', isReserved: false },
      ],
    },
  ],
  [
    BASIC_CONSUME_OK,
    {
      id: BASIC_CONSUME_OK,
      name: 'basic.consume-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'consumerTag', wireName: 'consumer-tag', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    BASIC_CANCEL,
    {
      id: BASIC_CANCEL,
      name: 'basic.cancel',
      from: 'both',
      isSynchronous: true,
      hasContent: false,
      replies: [BASIC_CANCEL_OK],
      fields: [
        { name: 'consumerTag', wireName: 'consumer-tag', type: 'shortstr', isReserved: false },
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_CANCEL_OK,
    {
      id: BASIC_CANCEL_OK,
      name: 'basic.cancel-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'consumerTag', wireName: 'consumer-tag', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    BASIC_PUBLISH,
    {
      id: BASIC_PUBLISH,
      name: 'basic.publish',
      from: 'client',
      isSynchronous: false,
      hasContent: true,
      replies: [],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
        { name: 'mandatory', wireName: 'mandatory', type: 'bit', isReserved: false },
        { name: 'immediate', wireName: 'immediate', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_RETURN,
    {
      id: BASIC_RETURN,
      name: 'basic.return',
      from: 'server',
      isSynchronous: false,
      hasContent: true,
      replies: [],
      fields: [
        { name: 'replyCode', wireName: 'reply-code', type: 'short', isReserved: false },
        { name: 'replyText', wireName: 'reply-text', type: 'shortstr', isReserved: false },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    BASIC_DELIVER,
    {
      id: BASIC_DELIVER,
      name: 'basic.deliver',
      from: 'server',
      isSynchronous: false,
      hasContent: true,
      replies: [],
      fields: [
        { name: 'consumerTag', wireName: 'consumer-tag', type: 'shortstr', isReserved: false },
        { name: 'deliveryTag', wireName: 'delivery-tag', type: 'longlong', isReserved: false },
        { name: 'redelivered', wireName: 'redelivered', type: 'bit', isReserved: false },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
      ],
    },
  ],
  [
    BASIC_GET,
    {
      id: BASIC_GET,
      name: 'basic.get',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [BASIC_GET_OK, BASIC_GET_EMPTY],
      fields: [
        { name: 'ticket', wireName: 'ticket', type: 'short', isReserved: true },
        { name: 'queue', wireName: 'queue', type: 'shortstr', isReserved: false },
        { name: 'noAck', wireName: 'no-ack', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_GET_OK,
    {
      id: BASIC_GET_OK,
      name: 'basic.get-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: true,
      replies: [],
      fields: [
        { name: 'deliveryTag', wireName: 'delivery-tag', type: 'longlong', isReserved: false },
        { name: 'redelivered', wireName: 'redelivered', type: 'bit', isReserved: false },
        { name: 'exchange', wireName: 'exchange', type: 'shortstr', isReserved: false },
        { name: 'routingKey', wireName: 'routing-key', type: 'shortstr', isReserved: false },
        { name: 'messageCount', wireName: 'message-count', type: 'long', isReserved: false },
      ],
    },
  ],
  [
    BASIC_GET_EMPTY,
    {
      id: BASIC_GET_EMPTY,
      name: 'basic.get-empty',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'clusterId', wireName: 'cluster-id', type: 'shortstr', isReserved: true },
      ],
    },
  ],
  [
    BASIC_ACK,
    {
      id: BASIC_ACK,
      name: 'basic.ack',
      from: 'both',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'deliveryTag', wireName: 'delivery-tag', type: 'longlong', isReserved: false },
        { name: 'multiple', wireName: 'multiple', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_REJECT,
    {
      id: BASIC_REJECT,
      name: 'basic.reject',
      from: 'client',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'deliveryTag', wireName: 'delivery-tag', type: 'longlong', isReserved: false },
        { name: 'requeue', wireName: 'requeue', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_RECOVER_ASYNC,
    {
      id: BASIC_RECOVER_ASYNC,
      name: 'basic.recover-async',
      from: 'client',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'requeue', wireName: 'requeue', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_RECOVER,
    {
      id: BASIC_RECOVER,
      name: 'basic.recover',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [BASIC_RECOVER_OK],
      fields: [
        { name: 'requeue', wireName: 'requeue', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    BASIC_RECOVER_OK,
    {
      id: BASIC_RECOVER_OK,
      name: 'basic.recover-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    BASIC_NACK,
    {
      id: BASIC_NACK,
      name: 'basic.nack',
      from: 'both',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [
        { name: 'deliveryTag', wireName: 'delivery-tag', type: 'longlong', isReserved: false },
        { name: 'multiple', wireName: 'multiple', type: 'bit', isReserved: false },
        { name: 'requeue', wireName: 'requeue', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    CONFIRM_SELECT,
    {
      id: CONFIRM_SELECT,
      name: 'confirm.select',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [CONFIRM_SELECT_OK],
      fields: [
        { name: 'noWait', wireName: 'no-wait', type: 'bit', isReserved: false },
      ],
    },
  ],
  [
    CONFIRM_SELECT_OK,
    {
      id: CONFIRM_SELECT_OK,
      name: 'confirm.select-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    TX_SELECT,
    {
      id: TX_SELECT,
      name: 'tx.select',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [TX_SELECT_OK],
      fields: [],
    },
  ],
  [
    TX_SELECT_OK,
    {
      id: TX_SELECT_OK,
      name: 'tx.select-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    TX_COMMIT,
    {
      id: TX_COMMIT,
      name: 'tx.commit',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [TX_COMMIT_OK],
      fields: [],
    },
  ],
  [
    TX_COMMIT_OK,
    {
      id: TX_COMMIT_OK,
      name: 'tx.commit-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
  [
    TX_ROLLBACK,
    {
      id: TX_ROLLBACK,
      name: 'tx.rollback',
      from: 'client',
      isSynchronous: true,
      hasContent: false,
      replies: [TX_ROLLBACK_OK],
      fields: [],
    },
  ],
  [
    TX_ROLLBACK_OK,
    {
      id: TX_ROLLBACK_OK,
      name: 'tx.rollback-ok',
      from: 'server',
      isSynchronous: false,
      hasContent: false,
      replies: [],
      fields: [],
    },
  ],
]);
