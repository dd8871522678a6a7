import { describe, expect, it } from 'vitest';
import { Bench, refusal } from './topology-fixture.ts';

function benchWithEnds(): Bench {
  const bench = new Bench();
  bench.declareExchange('x', { type: 'headers' });
  bench.declareExchange('y', { type: 'topic' });
  bench.declareQueue('q');
  return bench;
}

describe('bind', () => {
  it('is a set: the same again changes nothing', () => {
    const bench = benchWithEnds();
    bench.bindQueue('y', 'q', { routingKey: 'k', arguments: { a: 1, b: 2 } });
    const revision = bench.vhost.topologyRevision;
    bench.bindQueue('y', 'q', { routingKey: 'k', arguments: { b: 2, a: 1 } });
    expect(bench.vhost.bindingCount).toBe(1);
    expect(bench.vhost.topologyRevision).toBe(revision);
    bench.bindQueue('y', 'q', { routingKey: 'k', arguments: { a: 1 } });
    bench.bindQueue('y', 'q', { routingKey: 'other', arguments: { a: 1, b: 2 } });
    expect(bench.vhost.bindingCount).toBe(3);
    expect(bench.queue('q').bindings.size).toBe(3);
    expect(bench.vhost.topologyRevision).toBeGreaterThan(revision);
  });

  it('tells a queue from an exchange of the same name', () => {
    const bench = benchWithEnds();
    bench.declareQueue('x');
    bench.bindQueue('y', 'x');
    bench.bindExchange('y', 'x');
    expect(bench.vhost.bindingCount).toBe(2);
    bench.unbindExchange('y', 'x');
    expect(bench.queue('x').bindings.size).toBe(1);
    expect(bench.vhost.exchanges.get('x')?.incomingBindings.size).toBe(0);
  });

  it('reports a missing source before a missing destination', () => {
    const bench = benchWithEnds();
    expect(refusal(() => bench.bindQueue('nox', 'noq'))).toBe(
      "404 NOT_FOUND - no exchange 'nox' in vhost '/'",
    );
    expect(refusal(() => bench.bindQueue('x', 'noq'))).toBe(
      "404 NOT_FOUND - no queue 'noq' in vhost '/'",
    );
    expect(refusal(() => bench.bindExchange('x', 'nox'))).toBe(
      "404 NOT_FOUND - no exchange 'nox' in vhost '/'",
    );
  });

  it('refuses the default exchange on either side, also for unbind', () => {
    const bench = benchWithEnds();
    const text = '403 ACCESS_REFUSED - operation not permitted on the default exchange';
    for (const action of [
      () => bench.bindQueue('', 'q'),
      () => bench.unbindQueue('', 'q'),
      () => bench.bindExchange('', 'x'),
      () => bench.bindExchange('x', ''),
      () => bench.unbindExchange('x', ''),
    ]) {
      expect(refusal(action)).toBe(text);
    }
  });

  it('needs write on the destination, then read on the source, before existence', () => {
    const bench = new Bench();
    const texts = (action: () => unknown, kind: string, name: string) => {
      bench.access.denied.clear();
      bench.access.denied.add(`write ${name}`);
      bench.access.denied.add('read x');
      expect(refusal(action)).toBe(
        `403 ACCESS_REFUSED - write access to ${kind} '${name}' in vhost '/' refused for user 'ann'`,
      );
      bench.access.denied.delete(`write ${name}`);
      expect(refusal(action)).toBe(
        "403 ACCESS_REFUSED - read access to exchange 'x' in vhost '/' refused for user 'ann'",
      );
    };
    texts(() => bench.bindQueue('x', 'q'), 'queue', 'q');
    texts(() => bench.unbindQueue('x', 'q'), 'queue', 'q');
    texts(() => bench.bindExchange('x', 'y'), 'exchange', 'y');
    texts(() => bench.unbindExchange('x', 'y'), 'exchange', 'y');
  });

  it('lets the type of the source refuse, after both ends were found', () => {
    const bench = benchWithEnds();
    const odd = { arguments: { 'x-match': 'odd' } };
    expect(refusal(() => bench.bindQueue('x', 'noq', odd))).toContain('404 NOT_FOUND');
    expect(refusal(() => bench.bindQueue('x', 'q', odd))).toContain(
      '406 PRECONDITION_FAILED - Invalid x-match field value <<"odd">>',
    );
    expect(bench.vhost.bindingCount).toBe(0);
    // Other types do not care, and unbinding never asks.
    bench.bindQueue('y', 'q', odd);
    bench.unbindQueue('x', 'q', odd);
  });

  it('removes CR and LF from both names', () => {
    const bench = benchWithEnds();
    bench.bindQueue('x\r\n', 'q\n');
    expect(bench.vhost.bindingCount).toBe(1);
    bench.unbindQueue('\nx', '\rq');
    expect(bench.vhost.bindingCount).toBe(0);
  });

  it('lets an exchange lead to itself', () => {
    const bench = benchWithEnds();
    bench.bindExchange('y', 'y');
    bench.deleteExchange('y');
    expect(bench.vhost.bindingCount).toBe(0);
  });
});

describe('what a binding stores', () => {
  it.each([
    [true, true, 1],
    [true, false, 0],
    [false, true, 0],
    [false, false, 0],
  ])('exchange durable %s, queue durable %s: %i records', (isExchange, isQueue, expected) => {
    const bench = new Bench();
    bench.declareExchange('x', { isDurable: isExchange });
    bench.declareQueue('q', { isDurable: isQueue });
    expect(bench.bindQueue('x', 'q').isStored).toBe(expected === 1);
    expect(bench.bindQueue('x', 'q').isStored).toBe(false);
    expect(bench.metadata.countOf('binding')).toBe(expected);
    expect(bench.unbindQueue('x', 'q').isStored).toBe(expected === 1);
    expect(bench.metadata.countOf('binding')).toBe(0);
  });
});

describe('unbind', () => {
  it('needs the exact key and arguments, and is fine with anything missing', () => {
    const bench = benchWithEnds();
    bench.bindQueue('y', 'q', { routingKey: 'k', arguments: { a: 1 } });
    for (const overrides of [
      { routingKey: 'k' },
      { routingKey: 'other', arguments: { a: 1 } },
      { routingKey: 'k', arguments: { a: 2 } },
    ]) {
      expect(bench.unbindQueue('y', 'q', overrides)).toEqual({ isStored: false });
    }
    bench.unbindQueue('nox', 'q');
    bench.unbindQueue('y', 'noq');
    bench.unbindExchange('nox', 'noy');
    expect(bench.vhost.bindingCount).toBe(1);
    bench.unbindQueue('y', 'q', { routingKey: 'k', arguments: { a: 1 } });
    expect(bench.vhost.bindingCount).toBe(0);
  });
});

it('bindings per vhost are bounded', () => {
  const bench = new Bench({ bindingsPerVhostMax: 2 });
  bench.declareQueue('q');
  bench.bindQueue('amq.direct', 'q', { routingKey: '1' });
  bench.bindExchange('amq.direct', 'amq.fanout');
  expect(refusal(() => bench.bindQueue('amq.direct', 'q', { routingKey: '3' }))).toBe(
    "406 PRECONDITION_FAILED - cannot add a binding: binding limit in vhost '/' (2) is reached",
  );
  bench.bindQueue('amq.direct', 'q', { routingKey: '1' });
  bench.unbindExchange('amq.direct', 'amq.fanout');
  bench.bindQueue('amq.direct', 'q', { routingKey: '3' });
});
