import { describe, expect, it } from 'vitest';
import { DefaultRouter } from '../../../src/broker/exchange/default-router.ts';
import { Collected, messageOf, queueNamed } from './routing-fixture.ts';

describe('default exchange', () => {
  it('routes by queue name, as the queues are at that moment', () => {
    const queues = new Map([['q', queueNamed('q')]]);
    const router = new DefaultRouter(queues);
    const reachedFor = (key: string) => {
      const collected = new Collected();
      router.route(key, messageOf([key]), collected);
      return collected.names;
    };
    expect(reachedFor('q')).toEqual(['q']);
    expect(reachedFor('other')).toEqual([]);
    expect(reachedFor('__proto__')).toEqual([]);
    queues.delete('q');
    expect(reachedFor('q')).toEqual([]);
  });

  it('can never be bound', () => {
    const router = new DefaultRouter(new Map());
    expect(() => router.bind()).toThrow('nothing is ever bound');
    expect(() => router.unbind()).toThrow('nothing is ever bound');
  });
});
