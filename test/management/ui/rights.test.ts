import { describe, expect, it } from 'vitest';
import { allows, allowsAny } from '../../../src/management/ui/message/rights.ts';

const row = (vhost: string, configure: string, write: string, read: string) => ({
  user: 'ada',
  vhost,
  configure,
  write,
  read,
});
const rows = [row('/', '^own\\.', '', '.*'), row('shop', '', 'amq\\.default', '(?i)X')];

describe('own permissions', () => {
  it.each([
    ['configure', '/', 'own.q', true],
    ['configure', '/', 'other', false],
    ['write', '/', 'own.q', false],
    ['read', '/', 'anything', true],
    ['write', 'shop', '', true],
    ['write', 'shop', 'q', false],
    ['read', 'elsewhere', 'q', false],
  ] as const)('%s in %s of %s: %s', (kind, vhost, name, isAllowed) => {
    expect(allows(rows, kind, vhost, name)).toBe(isAllowed);
  });

  it('hide nothing that a browser cannot judge', () => {
    expect(allows(undefined, 'read', '/', 'q')).toBe(true);
    expect(allows(rows, 'read', 'shop', 'q')).toBe(true);
    expect(allowsAny(undefined, 'read', '')).toBe(true);
  });

  it('of some kind, in one vhost or any', () => {
    expect(allowsAny(rows, 'configure', '')).toBe(true);
    expect(allowsAny(rows, 'configure', 'shop')).toBe(false);
    expect(allowsAny(rows, 'write', 'elsewhere')).toBe(false);
  });
});
