// The settings of the core, from the configuration and what the machine has.

import type { BrokerSettings } from '../broker/broker-settings.ts';
import type { Config, MemoryShare } from './config.ts';
import { serverProperties } from './server-properties.ts';

/** More memory for messages than this gains nothing: backlogs are read ahead from the disk. */
const MESSAGE_MEMORY_MAX_BYTES = 128 * 2 ** 20;

export interface NodeMeasures {
  readonly memoryLimitBytes: number;
  readonly version: string;
}

export function brokerSettings(
  config: Config,
  { memoryLimitBytes, version }: NodeMeasures,
): BrokerSettings {
  return {
    heartbeatSeconds: config.heartbeatSeconds,
    frameMaxBytes: config.frameMaxBytes,
    initialFrameMaxBytes: config.initialFrameMaxBytes,
    channelMax: config.channelMax,
    maxMessageBytes: config.maxMessageBytes,
    handshakeTimeoutMs: config.handshakeTimeoutMs,
    connectionMax: config.connectionMax,
    consumerMaxPerChannel: config.consumerMaxPerChannel,
    consumerTimeoutMs: config.consumerTimeoutMs,
    consumerTimeoutResponse: config.consumerTimeoutResponse,
    messageMemoryBytes:
      config.messageMemoryBytes ??
      Math.min(MESSAGE_MEMORY_MAX_BYTES, Math.floor(memoryLimitBytes / 4)),
    serverProperties: serverProperties(config, version),
    defaultVhost: config.defaultVhost,
    nodeName: config.nodeName,
    eventExchangeVhost: config.eventExchangeVhost,
    defaultQueueType: config.defaultQueueType,
  };
}

export function shareOf(share: MemoryShare, memoryBytes: number): number {
  return 'absoluteBytes' in share ? share.absoluteBytes : share.relativeToMemory * memoryBytes;
}
