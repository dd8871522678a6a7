import { describe, expect, it } from 'vitest';
import { Bench, type Plain, refusal } from './topology-fixture.ts';

const PREDECLARED = [
  'amq.direct',
  'amq.fanout',
  'amq.headers',
  'amq.match',
  'amq.rabbitmq.trace',
  'amq.topic',
];

describe('exchange.declare', () => {
  it('makes an exchange once, and is the same again when repeated', () => {
    const bench = new Bench();
    const first = bench.declareExchange('x', { type: 'topic', isAutoDelete: true });
    const revision = bench.vhost.topologyRevision;
    const second = bench.declareExchange('x', { type: 'topic', isAutoDelete: true });
    expect(second.exchange).toBe(first.exchange);
    expect(bench.vhost.topologyRevision).toBe(revision);
    expect(first.exchange).toMatchObject({ name: 'x', type: 'topic', isAutoDelete: true });
  });

  it('stores durable exchanges and no others', () => {
    const bench = new Bench();
    expect(bench.declareExchange('transient').isStored).toBe(false);
    expect(bench.metadata.countOf('exchange')).toBe(0);
    expect(bench.declareExchange('durable', { isDurable: true }).isStored).toBe(true);
    expect(bench.metadata.countOf('exchange')).toBe(1);
    expect(bench.declareExchange('durable', { isDurable: true }).isStored).toBe(false);
  });

  it('removes CR and LF from the name and keeps spaces', () => {
    const bench = new Bench();
    expect(bench.declareExchange('a\r\n b\n').exchange.name).toBe('a b');
    expect(bench.topology.checkExchange(bench.vhost, 'a\n b').name).toBe('a b');
  });

  it.each(['__proto__', 'constructor', 'é\u4e2d', 'x'.repeat(255), "it's"])('takes %s', (name) => {
    const bench = new Bench();
    bench.declareExchange(name);
    expect(bench.hasExchange(name)).toBe(true);
  });

  it('refuses types nobody knows before anything else', () => {
    const bench = new Bench();
    bench.access.denied.add('configure x');
    expect(refusal(() => bench.declareExchange('x', { type: 'odd' }))).toBe(
      "406 PRECONDITION_FAILED - unknown exchange type 'odd'",
    );
    expect(refusal(() => bench.declareExchange('', { type: '' }))).toBe(
      "406 PRECONDITION_FAILED - invalid exchange type ''",
    );
    for (const type of ['__proto__', 'constructor', 'Direct']) {
      expect(refusal(() => bench.declareExchange('x', { type }))).toContain(
        'unknown exchange type',
      );
    }
  });

  it('refuses the default exchange, permission or not', () => {
    const bench = new Bench();
    bench.access.denied.add('configure amq.default');
    const text = '403 ACCESS_REFUSED - operation not permitted on the default exchange';
    expect(refusal(() => bench.declareExchange(''))).toBe(text);
    expect(refusal(() => bench.declareExchange('\r\n'))).toBe(text);
    expect(refusal(() => bench.topology.checkExchange(bench.vhost, ''))).toBe(text);
  });

  it('needs the configure permission, even for what exists', () => {
    const bench = new Bench();
    bench.declareExchange('x');
    bench.access.denied.add('configure x');
    expect(refusal(() => bench.declareExchange('x'))).toBe(
      "403 ACCESS_REFUSED - configure access to exchange 'x' in vhost '/' refused for user 'ann'",
    );
  });

  it('reserves amq. for what is there already', () => {
    const bench = new Bench();
    expect(refusal(() => bench.declareExchange('amq.mine'))).toBe(
      "403 ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
    );
    bench.declareExchange('amq.direct', { isDurable: true });
    expect(refusal(() => bench.declareExchange('amq.direct', { type: 'fanout' }))).toBe(
      "406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'amq.direct' in vhost '/': received 'fanout' but current is 'direct'",
    );
    bench.declareExchange('amq');
    bench.declareExchange('amqp.x');
  });
});

describe('redeclaring an exchange otherwise', () => {
  it.each([
    ['type', { type: 'fanout' }, "received 'fanout' but current is 'direct'"],
    ['durable', { isDurable: true }, "received 'true' but current is 'false'"],
    ['auto_delete', { isAutoDelete: true }, "received 'true' but current is 'false'"],
    ['internal', { isInternal: true }, "received 'true' but current is 'false'"],
  ])('%s differs', (field, overrides, difference) => {
    const bench = new Bench();
    bench.declareExchange('x');
    expect(refusal(() => bench.declareExchange('x', overrides))).toBe(
      `406 PRECONDITION_FAILED - inequivalent arg '${field}' for exchange 'x' in vhost '/': ${difference}`,
    );
  });

  it('reports the first difference of type, durable, auto_delete, internal', () => {
    const bench = new Bench();
    bench.declareExchange('x');
    const all = { type: 'topic', isDurable: true, isAutoDelete: true, isInternal: true };
    expect(refusal(() => bench.declareExchange('x', all))).toContain("arg 'type'");
    expect(refusal(() => bench.declareExchange('x', { ...all, type: 'direct' }))).toContain(
      "arg 'durable'",
    );
  });

  it.each<[Plain, Plain, string]>([
    [
      { 'alternate-exchange': 'a' },
      { 'alternate-exchange': 'b' },
      "received 'b' but current is 'a'",
    ],
    [
      {},
      { 'alternate-exchange': 'b' },
      "received the value 'b' of type 'longstr' but current is none",
    ],
    [
      { 'alternate-exchange': 'a' },
      {},
      "received none but current is the value 'a' of type 'longstr'",
    ],
  ])('alternate-exchange %j then %j', (before, after, difference) => {
    const bench = new Bench();
    bench.declareExchange('x', { arguments: before });
    expect(refusal(() => bench.declareExchange('x', { arguments: after }))).toBe(
      `406 PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': ${difference}`,
    );
  });

  it('compares no other argument', () => {
    const bench = new Bench();
    bench.declareExchange('x', { arguments: { mine: 1 } });
    expect(bench.declareExchange('x', { arguments: { mine: 2, other: true } }).isStored).toBe(
      false,
    );
  });
});

describe('alternate-exchange', () => {
  const alternate = { arguments: { 'alternate-exchange': 'ae' } };

  it('must be a string', () => {
    const bench = new Bench();
    expect(
      refusal(() => bench.declareExchange('x', { arguments: { 'alternate-exchange': 5 } })),
    ).toBe(
      "406 PRECONDITION_FAILED - invalid type 'signedint' for arg 'alternate-exchange' in exchange 'x' in vhost '/'",
    );
    expect(bench.hasExchange('x')).toBe(false);
  });

  it('needs read on the exchange and write on the alternate, only when it is new', () => {
    for (const permission of ['read x', 'write ae']) {
      const bench = new Bench();
      bench.access.denied.add(permission);
      const [kind, name] = permission.split(' ');
      expect(refusal(() => bench.declareExchange('x', alternate))).toBe(
        `403 ACCESS_REFUSED - ${kind} access to exchange '${name}' in vhost '/' refused for user 'ann'`,
      );
      bench.access.denied.clear();
      bench.declareExchange('x', alternate);
      bench.access.denied.add(permission);
      bench.declareExchange('x', alternate);
    }
  });
});

describe('passive exchange.declare', () => {
  it('answers for what exists and 404 otherwise, without any permission', () => {
    const bench = new Bench();
    bench.declareExchange('x');
    bench.access.asked.length = 0;
    expect(bench.topology.checkExchange(bench.vhost, 'x').name).toBe('x');
    for (const name of PREDECLARED) {
      expect(bench.topology.checkExchange(bench.vhost, name).isDurable).toBe(true);
    }
    expect(refusal(() => bench.topology.checkExchange(bench.vhost, 'y'))).toBe(
      "404 NOT_FOUND - no exchange 'y' in vhost '/'",
    );
    expect(bench.access.asked).toEqual([]);
  });
});

describe('exchange.delete', () => {
  it('takes the exchange and its bindings of both sides', () => {
    const bench = new Bench();
    for (const name of ['up', 'x', 'down']) bench.declareExchange(name);
    bench.declareQueue('q');
    bench.bindExchange('up', 'x');
    bench.bindExchange('x', 'down');
    bench.bindQueue('x', 'q');
    bench.deleteExchange('x');
    expect(bench.hasExchange('x')).toBe(false);
    expect(bench.vhost.bindingCount).toBe(0);
    expect(bench.queue('q').bindings.size).toBe(0);
    expect(bench.vhost.exchanges.get('up')?.bindings.size).toBe(0);
    expect(bench.vhost.exchanges.get('down')?.incomingBindings.size).toBe(0);
  });

  it('says whether something stored went', () => {
    const bench = new Bench();
    bench.declareExchange('t');
    bench.declareExchange('d', { isDurable: true });
    expect(bench.deleteExchange('t').isStored).toBe(false);
    expect(bench.deleteExchange('d').isStored).toBe(true);
    expect(bench.metadata.countOf('exchange')).toBe(0);
    expect(bench.deleteExchange('d').isStored).toBe(false);
  });

  it('is fine with a missing one, and refuses system exchanges before permissions', () => {
    const bench = new Bench();
    expect(bench.deleteExchange('missing')).toEqual({ isStored: false });
    for (const name of [...PREDECLARED, 'amq.none']) {
      bench.access.denied.add(`configure ${name}`);
      expect(refusal(() => bench.deleteExchange(name))).toBe(
        `403 ACCESS_REFUSED - deletion of system exchange '${name}' in vhost '/' not allowed`,
      );
    }
    expect(refusal(() => bench.deleteExchange(''))).toContain('on the default exchange');
    bench.access.denied.add('configure missing');
    expect(refusal(() => bench.deleteExchange('missing'))).toContain(
      'configure access to exchange',
    );
  });

  it('if-unused counts bindings from it, not bindings to it', () => {
    const bench = new Bench();
    bench.declareExchange('a');
    bench.declareExchange('b');
    bench.bindExchange('a', 'b');
    expect(refusal(() => bench.deleteExchange('a', true))).toBe(
      "406 PRECONDITION_FAILED - exchange 'a' in vhost '/' in use",
    );
    bench.deleteExchange('b', true);
    bench.deleteExchange('a', true);
    expect(bench.hasExchange('a')).toBe(false);
  });
});

it('exchanges per vhost are bounded', () => {
  const bench = new Bench({ exchangesPerVhostMax: 9 });
  bench.declareExchange('one');
  bench.declareExchange('two');
  expect(refusal(() => bench.declareExchange('three'))).toBe(
    "406 PRECONDITION_FAILED - cannot declare exchange 'three' in vhost '/': exchange limit of 9 is reached",
  );
  bench.declareExchange('two');
  bench.deleteExchange('two');
  bench.declareExchange('three');
});
