import { expect, it } from 'vitest';
import { requirePermission } from '../../../src/broker/vhost/permissions.ts';
import { Bench, refusal } from './topology-fixture.ts';

it('the default exchange is asked for, and named, as amq.default', () => {
  const { access, actor } = new Bench();
  requirePermission(access, actor, 'v', 'write', 'exchange', '');
  requirePermission(access, actor, 'v', 'write', 'queue', '');
  expect(access.asked).toEqual(['write amq.default', 'write ']);
  access.denied.add('write amq.default');
  expect(refusal(() => requirePermission(access, actor, 'v', 'write', 'exchange', ''))).toBe(
    "403 ACCESS_REFUSED - write access to exchange 'amq.default' in vhost 'v' refused for user 'ann'",
  );
});
