import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Transport } from '../../src/broker/transport.ts';
import { silentLog } from '../../src/network/log.ts';
import { TcpListener } from '../../src/network/tcp-listener.ts';
import { until } from './socket-pair.ts';

const open: { listeners: TcpListener[]; peers: Socket[] } = { listeners: [], peers: [] };

afterEach(async () => {
  for (const peer of open.peers.splice(0)) peer.destroy();
  await Promise.all(open.listeners.splice(0).map((listener) => listener.close()));
});

interface Fixture {
  readonly listener: TcpListener;
  readonly transports: Transport[];
  readonly warnings: string[];
}

async function listen(
  bounds: { handshakingMax?: number; socketMax?: number } = {},
): Promise<Fixture> {
  const transports: Transport[] = [];
  const warnings: string[] = [];
  const note = (_fields: object, message: string) => void warnings.push(message);
  const listener = await TcpListener.listen({
    address: { host: '127.0.0.1', port: 0 },
    accept: (transport) => {
      transports.push(transport);
      return { receive() {}, drained() {}, closed() {} };
    },
    log: { ...silentLog, warn: note, error: note },
    ...bounds,
  });
  open.listeners.push(listener);
  return { listener, transports, warnings };
}

async function connectTo(listener: TcpListener): Promise<Socket> {
  const peer = connect(listener.address.port, '127.0.0.1');
  peer.on('error', () => {});
  open.peers.push(peer);
  await once(peer, 'connect');
  return peer;
}

test('hands each connection to the core', async () => {
  const { listener, transports } = await listen();
  const peer = await connectTo(listener);
  await connectTo(listener);
  await until(() => transports.length === 2);
  expect(transports.map((transport) => transport.remotePort)).toContain(peer.localPort);
  expect(listener.connectionCount).toBe(2);
});

test('refuses connections over the bound of those that have not logged in, with one warning', async () => {
  const { listener, transports, warnings } = await listen({ handshakingMax: 2 });
  await connectTo(listener);
  await connectTo(listener);
  await until(() => transports.length === 2);
  for (let i = 0; i < 3; i += 1) {
    const refused = await connectTo(listener);
    if (!refused.closed) await once(refused, 'close');
  }
  expect(transports).toHaveLength(2);
  expect(warnings).toHaveLength(1);
  // Two answers mean that the first one is past its login: there is room again.
  transports[0]?.write(Buffer.from('start'));
  transports[0]?.write(Buffer.from('tune'));
  await connectTo(listener);
  await until(() => transports.length === 3);
});

test('a connection that goes away makes room', async () => {
  const { listener, transports } = await listen({ handshakingMax: 1 });
  const first = await connectTo(listener);
  await until(() => transports.length === 1);
  first.destroy();
  await until(() => listener.connectionCount === 0);
  await connectTo(listener);
  await until(() => transports.length === 2);
});

test('refuses connections over the bound of sockets, with one line, until one goes', async () => {
  const { listener, transports, warnings } = await listen({ socketMax: 1 });
  const first = await connectTo(listener);
  await until(() => transports.length === 1);
  for (let i = 0; i < 3; i += 1) {
    const refused = await connectTo(listener);
    if (!refused.closed) await once(refused, 'close');
  }
  expect(transports).toHaveLength(1);
  expect(warnings).toHaveLength(1);
  first.destroy();
  await until(() => listener.connectionCount === 0);
  await connectTo(listener);
  await until(() => transports.length === 2);
});

test('rejects with EADDRINUSE when the port is taken', async () => {
  const { listener } = await listen();
  const address = { host: '127.0.0.1', port: listener.address.port };
  const accept = () => ({ receive() {}, drained() {}, closed() {} });
  const second = TcpListener.listen({ address, accept, log: silentLog });
  await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
});

test('stopAccepting refuses new connections and keeps the old; close drops them', async () => {
  const { listener, transports } = await listen();
  const peer = await connectTo(listener);
  await until(() => transports.length === 1);
  const port = listener.address.port;
  listener.stopAccepting();
  const late = connect(port, '127.0.0.1');
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  expect(listener.connectionCount).toBe(1);
  await listener.close();
  expect(listener.connectionCount).toBe(0);
  if (!peer.closed) await once(peer, 'close');
});

test('close without connections and twice', async () => {
  const { listener } = await listen();
  await listener.close();
  await listener.close();
});
