import { describe, expect, it, test } from 'vitest';
import { compilePattern } from '../../../src/auth/name-pattern.ts';
import { NO_POLICIES } from '../../../src/broker/applied-policies.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../src/broker/limits.ts';
import type { PolicyKind } from '../../../src/broker/policy/policy.ts';
import type { PolicyFields } from '../../../src/broker/policy/policy-validation.ts';
import { IdSequence } from '../../../src/broker/vhost/id-sequence.ts';
import { Policies } from '../../../src/broker/vhost/policies.ts';
import { NotFoundError, ValidationError } from '../../../src/util/request-errors.ts';
import { Bench } from './topology-fixture.ts';

class PolicyBench extends Bench {
  readonly policies: Policies;
  readonly unusable: string[];

  constructor(limits: Partial<Limits> = {}, restarted?: PolicyBench) {
    super({}, restarted?.metadata);
    const { metadata, vhosts } = this;
    const ids = new IdSequence(metadata);
    ids.restore(metadata.load());
    const allLimits = { ...DEFAULT_LIMITS, ...limits };
    this.policies = new Policies({
      ...{ metadata, ids, limits: allLimits, vhosts, compilePattern, events: this.events },
      equipExchange: () => {},
    });
    this.unusable = this.policies.recover(metadata.load());
  }

  set(name: string, fields: Partial<PolicyFields>, kind: PolicyKind = 'policy'): void {
    const definition = { 'max-length': 9 };
    this.policies.set(kind, '/', name, { pattern: '', definition, ...fields });
  }
}

describe('a policy', () => {
  it('applies to queues there are and to those that come, and ends', () => {
    const bench = new PolicyBench();
    bench.declareQueue('a-1');
    bench.set('p', { pattern: '^a-', definition: { 'max-length': 5, expires: 1000 } });
    bench.declareQueue('a-2');
    bench.declareQueue('b');
    for (const name of ['a-1', 'a-2']) {
      expect(bench.queue(name).policies.policy).toBe('p');
      expect(bench.queue(name).settings).toMatchObject({ maxLength: 5, expiresMs: 1000 });
    }
    expect(bench.queue('b').policies).toBe(NO_POLICIES);
    bench.policies.clear('policy', '/', 'p');
    expect(bench.queue('a-1').policies).toBe(NO_POLICIES);
    expect(bench.queue('a-1').settings.maxLength).toBeUndefined();
  });

  it('applies alone: the one with the highest priority', () => {
    const bench = new PolicyBench();
    bench.declareQueue('q');
    bench.set('low', { definition: { 'max-length': 1, expires: 7 } });
    bench.set('high', { priority: 3, definition: { 'max-length': 2 } });
    expect(bench.queue('q').policies.policy).toBe('high');
    expect(bench.queue('q').settings).toMatchObject({ maxLength: 2, expiresMs: undefined });
    bench.set('low', { priority: 4 });
    expect(bench.queue('q').policies.policy).toBe('low');
  });

  it('is passed over by a queue whose type knows not all of its keys', () => {
    const bench = new PolicyBench();
    bench.declareQueue('q');
    bench.set('stream', { priority: 9, definition: { 'max-age': '1D', 'max-length-bytes': 1 } });
    bench.set('other', { definition: { 'max-length-bytes': 8 } });
    expect(bench.queue('q').policies.policy).toBe('other');
    bench.set('quorum', { priority: 9, 'apply-to': 'quorum_queues' });
    bench.set('exchanges', { priority: 9, 'apply-to': 'exchanges' });
    expect(bench.queue('q').policies.policy).toBe('other');
  });

  it('is bounded by the operator policy, and both by the arguments', () => {
    const bench = new PolicyBench();
    bench.declareQueue('q', { arguments: { 'x-max-length': 20, 'x-overflow': 'reject-publish' } });
    bench.set('p', { definition: { 'max-length': 30, overflow: 'drop-head', expires: 9 } });
    bench.set('o', { definition: { 'max-length': 25, 'message-ttl': 50 } }, 'operator_policy');
    const { policies, settings } = bench.queue('q');
    expect(policies).toMatchObject({ policy: 'p', operatorPolicy: 'o' });
    expect(Object.fromEntries(policies.definition)).toEqual({
      expires: 9,
      'max-length': 25,
      'message-ttl': 50,
      overflow: 'drop-head',
    });
    expect(settings).toMatchObject({ maxLength: 20, overflow: 'reject-publish', messageTtlMs: 50 });
  });

  it('gives exchanges an alternate; their argument goes before it', () => {
    const bench = new PolicyBench();
    bench.declareExchange('x');
    bench.declareExchange('own', { arguments: { 'alternate-exchange': 'mine' } });
    const revision = bench.vhost.topologyRevision;
    bench.set('ae', { definition: { 'alternate-exchange': 'other' } });
    expect(bench.vhost.topologyRevision).toBeGreaterThan(revision);
    expect(bench.vhost.exchanges.get('x')?.alternateExchange).toBe('other');
    expect(bench.vhost.exchanges.get('own')?.alternateExchange).toBe('mine');
    bench.policies.clear('policy', '/', 'ae');
    expect(bench.vhost.exchanges.get('x')?.alternateExchange).toBeUndefined();
  });

  it('set again as it is changes and stores nothing', () => {
    const bench = new PolicyBench();
    bench.declareQueue('q');
    bench.set('p', {});
    const { policies } = bench.queue('q');
    const { writeCount } = bench.metadata;
    bench.set('p', {});
    expect(bench.queue('q').policies).toBe(policies);
    expect(bench.metadata.writeCount).toBe(writeCount);
  });

  it('comes back after a restart, and goes with its vhost', () => {
    const bench = new PolicyBench();
    bench.declareQueue('q', { isDurable: true });
    bench.set('p', { pattern: '^(?!x)', priority: 2, 'apply-to': 'queues' });
    bench.set('o', { definition: { 'max-length': 3 } }, 'operator_policy');
    const again = new PolicyBench({}, bench);
    expect(again.unusable).toEqual([]);
    expect(again.queue('q').policies).toMatchObject({ policy: 'p', operatorPolicy: 'o' });
    expect(again.queue('q').settings.maxLength).toBe(3);
    again.vhosts.delete('/');
    expect(again.metadata.countOf('policy') + again.metadata.countOf('operator_policy')).toBe(0);
  });

  it('that cannot be used is named at the start, and the others hold', () => {
    const bench = new PolicyBench();
    bench.set('p', {});
    bench.metadata.put({ kind: 'policy', id: 999, fields: { vhost: '/', name: 'broken' } });
    const again = new PolicyBench({}, bench);
    expect(again.unusable).toEqual(["policy 999: policy 999: bad field 'pattern'"]);
    expect(again.vhost.policies.get('policy', 'p')).toBeDefined();
  });

  it('is one of a bounded number, and has a bounded name', () => {
    const bench = new PolicyBench({ policiesPerVhostMax: 1 });
    bench.set('p', {});
    bench.set('p', { priority: 1 });
    expect(() => bench.set('q', {})).toThrow("policy limit in vhost '/' (1) is reached");
    expect(() => bench.set('', {})).toThrow(ValidationError);
    expect(() => bench.set('n'.repeat(256), {})).toThrow(ValidationError);
  });

  it('needs its vhost, and to be there when it is cleared', () => {
    const { policies } = new PolicyBench();
    const missing = () => policies.clear('policy', 'nope', 'p');
    expect(missing).toThrow(new NotFoundError("Virtual host 'nope' does not exist"));
    const unknown = () => policies.clear('policy', '/', 'p');
    expect(unknown).toThrow(new NotFoundError('Parameter does not exist'));
  });
});

/** Seen with rabbitmqctl of RabbitMQ 3.10.8, but for what newer versions take. */
describe('is refused as RabbitMQ does', () => {
  const bench = new PolicyBench();
  const unknown = 'are not recognised policy settings';

  test.each<[Partial<PolicyFields>, string]>([
    [{ definition: { 'max-length': -1 } }, '-1 is not a valid maximum length'],
    [{ definition: { 'max-length': 'größe', expires: 0 } }, '0 is not a valid queue expiry'],
    [{ definition: { 'message-ttl': 1.5 } }, '1.5 is not a valid message TTL'],
    [{ definition: { 'max-length': '1' } }, '<<"1">> is not a valid maximum length'],
    [{ definition: { overflow: 'x' } }, '<<"x">> is not a valid overflow value'],
    [{ definition: { 'ha-mode': 'foo' } }, '<<"foo">> is not a valid ha-mode value'],
    [
      { definition: { 'queue-master-locator': 'foo' } },
      '<<"foo">> invalid queue-master-locator value',
    ],
    [
      { definition: { foo: 1, bar: [1, { a: 'b' }], 'max-length': 1 } },
      `[{<<"bar">>,[1,#{<<"a">> => <<"b">>}]},{<<"foo">>,1}] ${unknown}`,
    ],
    [{ definition: {} }, 'no policy provided'],
    [{ definition: [] }, 'definition must be a dictionary: []'],
    [
      { definition: { 'dead-letter-exchange': 'x'.repeat(20_000) } },
      'definition is too large: 16384 characters of JSON at most',
    ],
    [{ priority: 'a' }, 'priority should be a number, actually was <<"a">>'],
    [{ pattern: 7 }, 'pattern should be a binary but was 7'],
    [
      { pattern: '*', 'apply-to': 'foo', definition: { 'max-length': -1 } },
      '-1 is not a valid maximum length\n' +
        "apply-to 'foo' unrecognised; should be one of: 'queues', 'classic_queues', " +
        " 'quorum_queues', 'streams', 'exchanges', or 'all'\n" +
        'pattern should be regular expression but is invalid: {"nothing to repeat",0}',
    ],
  ])('%j', (fields, reason) => {
    expect(() => bench.set('p', fields)).toThrow(new ValidationError(reason));
  });

  test('operators bound limits only', () => {
    const definition = { 'dead-letter-exchange': 'x' };
    expect(() => bench.set('o', { definition }, 'operator_policy')).toThrow(
      `[{<<"dead-letter-exchange">>,<<"x">>}] ${unknown}`,
    );
  });
});
