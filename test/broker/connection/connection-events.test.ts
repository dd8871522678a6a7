import { expect, it } from 'vitest';
import { printedAddress } from '../../../src/broker/connection/connection-events.ts';

it.each([
  ['127.0.0.1', '{127,0,0,1}'],
  ['::1', '{0,0,0,0,0,0,0,1}'],
  ['::', '{0,0,0,0,0,0,0,0}'],
  ['2001:db8::ff:1', '{8193,3512,0,0,0,0,255,1}'],
  ['::ffff:127.0.0.1', '{0,0,0,0,0,65535,32512,1}'],
  ['fe80::1%eth0', '{65152,0,0,0,0,0,0,1}'],
  ['1:2:3:4:5:6:7:8', '{1,2,3,4,5,6,7,8}'],
])('an address is printed as a tuple: %s', (address, printed) => {
  expect(printedAddress(address)).toBe(printed);
});
