// Which peers are this machine. Only the socket's own peer address counts, never what a peer says.

import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
// It holds IPv4-mapped IPv6 addresses against its IPv4 rules by itself.
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for 127.0.0.0/8 and ::1, also where a dual-stack socket shows IPv4 as ::ffff:127.x.y.z. */
export function isLoopbackAddress(address: string): boolean {
  // The list is slow to ask, and this is asked for every connection.
  if (isIPv4(address)) return address.startsWith('127.');
  if (isIPv6(address)) return loopback.check(address, 'ipv6');
  return false;
}
