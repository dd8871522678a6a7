// What a node's parts are given of its configuration.

import type { BrokerSettings } from './broker/broker-settings.ts';
import type { Config, MemoryShare } from './config/config.ts';
import { serverProperties } from './config/server-properties.ts';
import { socketMax } from './network/file-descriptors.ts';
import { ProcessReadings } from './network/process-readings.ts';
import { version } from './version.ts';

/** More memory for messages than this gains nothing: backlogs are read ahead from the disk. */
const MESSAGE_MEMORY_MAX_BYTES = 128 * 2 ** 20;
/** What the API says where the system sets no limit. */
const FILE_DESCRIPTORS_MAX = 2 ** 20;

export function brokerSettings(config: Config, memoryLimitBytes: number): BrokerSettings {
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

export function readingsOf(
  { storageEngine, dataDirectory }: Config,
  memoryLimitBytes: number,
  diskFreeLimitBytes: number,
): ProcessReadings {
  return new ProcessReadings({
    memoryLimitBytes,
    diskFreeLimitBytes,
    fileDescriptorsMax: Math.min(socketMax(), FILE_DESCRIPTORS_MAX),
    directory: storageEngine === 'memory' ? '.' : dataDirectory,
  });
}

export function shareOf(share: MemoryShare, memoryBytes: number): number {
  return 'absoluteBytes' in share ? share.absoluteBytes : share.relativeToMemory * memoryBytes;
}
