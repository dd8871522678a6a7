import { expect, test } from 'vitest';
import { configOf } from '../../src/config/config.ts';
import { serverProperties } from '../../src/config/server-properties.ts';

const text = (value: string) => ({ type: 'S', value: Buffer.from(value) });

test("has RabbitMQ's keys in its order", () => {
  const table = serverProperties(configOf({}), '1.2.3');
  expect([...table.keys()]).toEqual([
    'capabilities',
    'cluster_name',
    'copyright',
    'information',
    'platform',
    'product',
    'version',
  ]);
  expect(table.get('version')).toEqual(text('1.2.3'));
  const capabilities = table.get('capabilities');
  expect(capabilities?.type).toBe('F');
  if (capabilities?.type !== 'F') return;
  expect(capabilities.value.size).toBe(9);
  for (const [name, value] of capabilities.value) {
    expect([name, value]).toEqual([name, { type: 't', value: true }]);
  }
});

test('the configuration names another product', () => {
  const config = configOf({
    'product.name': 'RabbitMQ',
    'product.version': '3.13.0',
    cluster_name: 'x',
  });
  const table = serverProperties(config, '1.2.3');
  expect(table.get('product')).toEqual(text('RabbitMQ'));
  expect(table.get('version')).toEqual(text('3.13.0'));
  expect(table.get('cluster_name')).toEqual(text('x'));
});
