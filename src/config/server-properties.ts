// The server-properties table of connection.start, with RabbitMQ's keys in its order: clients switch
// features on by these names.

import type { FieldTable, FieldValue } from '../protocol/field-table.ts';
import type { Config } from './config.ts';

const capabilities: readonly (readonly [name: string, isOffered: boolean])[] = [
  ['publisher_confirms', true],
  ['exchange_exchange_bindings', true],
  ['basic.nack', true],
  ['consumer_cancel_notify', true],
  ['connection.blocked', true],
  ['consumer_priorities', true],
  ['authentication_failure_close', true],
  ['per_consumer_qos', true],
  ['direct_reply_to', true],
];

export function serverProperties(config: Config, packageVersion: string): FieldTable {
  return new Map<string, FieldValue>([
    [
      'capabilities',
      {
        type: 'F',
        value: new Map(capabilities.map(([name, value]) => [name, { type: 't', value }])),
      },
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
