import { expect, test } from 'vitest';
import {
  requireBoolean,
  requireFields,
  requireInteger,
  requireLimitName,
  requireName,
  requirePattern,
  requireTags,
  requireText,
} from '../../src/admin/checks.ts';
import { ValidationError } from '../../src/util/request-errors.ts';

const long = 'x'.repeat(256);

test.each<[string, () => void]>([
  ['policy should be an object, actually was [1]', () => requireFields('policy', [1], ['a'])],
  ['policy should be an object, actually was null', () => requireFields('policy', null, ['a'])],
  [
    "policy has no field 'apply-to'; its fields: pattern, applyTo",
    () => requireFields('policy', { 'apply-to': 'all' }, ['pattern', 'applyTo']),
  ],
  ['password should be a string, actually was undefined', () => requireText('password', undefined)],
  ['user has 1 to 255 octets, not 0', () => requireName('user', '', 1)],
  ['vhost has 0 to 255 octets, not 256', () => requireName('vhost', long, 0)],
  [
    'write should be regular expression but is invalid: {"nothing to repeat",0}',
    () => requirePattern('write', '*'),
  ],
  [
    'write should be regular expression but is invalid: ' +
      '{"regular expression is too large: 1024 characters at most",1280}',
    () => requirePattern('write', 'short', () => long.repeat(5)),
  ],
  ['read should be a string, actually was 1', () => requirePattern('read', 1)],
  [
    'Unrecognised terms [{<<"max-foo">>,1}] in limits',
    () => requireLimitName('limits', ['max-queues'], 'max-foo', 1),
  ],
  [
    'Unrecognised terms [{7,undefined}] in user-limits',
    () => requireLimitName('user-limits', ['max-channels'], 7, undefined),
  ],
  ['max-queues should be a number, actually was <<"a">>', () => requireInteger('max-queues', 'a')],
  ['max-queues should be a number, actually was 1.5', () => requireInteger('max-queues', 1.5)],
  ['isOn should be a boolean, actually was 1', () => requireBoolean('isOn', 1)],
  ['tags should be a list of strings, actually was [<<"a">>,1]', () => requireTags(['a', 1])],
])('refuses: %s', (message, check) => {
  expect(check).toThrow(new ValidationError(message));
});

test('takes what may be set', () => {
  requireFields('policy', { pattern: 1 }, ['pattern', 'applyTo']);
  requireText('password', '');
  requireName('vhost', '', 0);
  requireName('user', 'ü'.repeat(127), 1);
  requirePattern('write', '');
  requireLimitName('limits', ['max-queues'], 'max-queues', 0);
  requireInteger('max-queues', -1);
  requireBoolean('isOn', false);
  requireTags([]);
});
