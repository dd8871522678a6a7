import { expect, it } from 'vitest';
import { IdSequence } from '../../../src/broker/vhost/id-sequence.ts';
import { FakeMetadata } from './topology-fixture.ts';

it('ids are reserved in the store before they are given', () => {
  const metadata = new FakeMetadata();
  const ids = new IdSequence(metadata);
  for (let index = 0; index < 3_000; index++) {
    const id = ids.take();
    const afterCrash = new IdSequence(metadata);
    afterCrash.restore(metadata.load());
    expect(afterCrash.take()).toBeGreaterThan(id);
  }
});

it('few records are written for many ids', () => {
  const metadata = new FakeMetadata();
  const ids = new IdSequence(metadata);
  for (let index = 0; index < 10_000; index++) ids.take();
  expect(metadata.writeCount).toBeLessThan(20);
  expect(metadata.records.size).toBe(1);
});

it('begins at 1, because 0 means "not stored"', () => {
  expect(new IdSequence(new FakeMetadata()).take()).toBe(1);
});
