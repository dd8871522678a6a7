// The server-properties table of connection.start, with RabbitMQ's keys in its order: clients switch
// features on by these names.

import type { FieldTable, FieldValue } from '../protocol/field-table.ts';
import type { Config } from './config.ts';

const capabilities = [
  'publisher_confirms',
  'exchange_exchange_bindings',
  'basic.nack',
  'consumer_cancel_notify',
  'connection.blocked',
  'consumer_priorities',
  'authentication_failure_close',
  'per_consumer_qos',
  'direct_reply_to',
];

export function serverProperties(config: Config, packageVersion: string): FieldTable {
  return new Map<string, FieldValue>([
    [
      'capabilities',
      { type: 'F', value: new Map(capabilities.map((name) => [name, { type: 't', value: true }])) },
    ],
    ['cluster_name', longString(config.clusterName)],
    ['copyright', longString('The WarrenMQ authors')],
    ['information', longString('Licensed under the Apache License 2.0')],
    ['platform', longString(`Node.js ${process.versions.node}`)],
    ['product', longString(config.productName)],
    ['version', longString(config.productVersion ?? packageVersion)],
  ]);
}

function longString(value: string): FieldValue {
  return { type: 'S', value: Buffer.from(value, 'utf8') };
}
