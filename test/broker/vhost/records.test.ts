import { describe, expect, it } from 'vitest';
import type { MetadataRecord } from '../../../src/broker/metadata.ts';
import { RecordError, RecordFields } from '../../../src/broker/vhost/records.ts';
import { Bench } from './topology-fixture.ts';

describe('records', () => {
  it("use the field names of RabbitMQ's definitions", () => {
    const bench = new Bench();
    bench.declareExchange('x', { isDurable: true, type: 'topic' });
    bench.declareQueue('q', { isDurable: true });
    bench.bindQueue('x', 'q', { routingKey: 'k' });
    bench.bindExchange('x', 'amq.topic', { routingKey: 'k' });
    const noArguments = Uint8Array.from([0, 0, 0, 0]);
    const fieldsOf = (kind: MetadataRecord['kind']) =>
      bench.metadata
        .load()
        .filter((record) => record.kind === kind)
        .map((record) => record.fields);
    expect(fieldsOf('vhost')).toEqual([{ name: '/' }]);
    const flags = { durable: true, auto_delete: false };
    expect(fieldsOf('exchange')).toMatchObject([
      { vhost: '/', name: 'x', type: 'topic', internal: false, ...flags },
    ]);
    expect(fieldsOf('queue')).toMatchObject([{ vhost: '/', name: 'q', ...flags }]);
    const common = { vhost: '/', source: 'x', routing_key: 'k' };
    expect(fieldsOf('binding')).toMatchObject([
      { ...common, destination: 'q', destination_type: 'queue' },
      { ...common, destination: 'amq.topic', destination_type: 'exchange' },
    ]);
    for (const kind of ['exchange', 'queue', 'binding'] as const) {
      for (const fields of fieldsOf(kind)) {
        expect([...new Uint8Array(Object.values(fields).at(-1) as Uint8Array)]).toEqual([
          ...noArguments,
        ]);
      }
    }
  });

  it('are read by type, and a wrong field is named', () => {
    const fields = new RecordFields({ kind: 'queue', id: 7, fields: { name: 'q', n: 1, f: true } });
    expect([fields.text('name'), fields.number('n'), fields.flag('f')]).toEqual(['q', 1, true]);
    for (const read of [
      () => fields.text('n'),
      () => fields.text('none'),
      () => fields.number('name'),
      () => fields.flag('n'),
      () => fields.table('name'),
    ]) {
      expect(read).toThrow(RecordError);
    }
    expect(() => fields.text('n')).toThrow("queue 7: bad field 'n'");
  });
});
