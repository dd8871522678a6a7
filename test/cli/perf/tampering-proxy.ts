// A proxy between a client and a broker that passes everything on but lets a test change, drop or repeat whole
// deliveries (basic.deliver with its content frames), so that the generator's checks can be seen to find it.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TamperingProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** `tamper` gets each delivery of a connection, counted from 0, and returns what the client is sent. */
export async function startTamperingProxy(
  brokerPort: number,
  tamper: (index: number, delivery: Buffer) => Buffer,
): Promise<TamperingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1');
    const deliveries = new DeliverySplitter(tamper);
    client.on('data', (chunk) => broker.write(chunk));
    broker.on('data', (chunk) => client.write(deliveries.pass(chunk)));
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.end();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

class DeliverySplitter {
  private readonly tamper: (index: number, delivery: Buffer) => Buffer;
  private held: Buffer = Buffer.alloc(0);
  private index = 0;

  constructor(tamper: (index: number, delivery: Buffer) => Buffer) {
    this.tamper = tamper;
  }

  pass(chunk: Buffer): Buffer {
    this.held = Buffer.concat([this.held, chunk]);
    const out: Buffer[] = [];
    for (;;) {
      const length = this.unitLength();
      if (length === 0) return Buffer.concat(out);
      const unit = this.held.subarray(0, length);
      const delivery = unit[0] === 1 && unit.readUInt32BE(7) === 0x003c003c;
      out.push(delivery ? this.tamper(this.index++, Buffer.from(unit)) : Buffer.from(unit));
      this.held = this.held.subarray(length);
    }
  }

  /** Length of the first frame, or of a delivery with its (short) content; 0: not all of it is here. */
  private unitLength(): number {
    const first = this.frameEndAfter(0);
    if (first === 0) return 0;
    if (this.held[0] !== 1 || this.held.readUInt32BE(7) !== 0x003c003c) return first;
    const header = this.frameEndAfter(first);
    return header === 0 ? 0 : this.frameEndAfter(header);
  }

  private frameEndAfter(start: number): number {
    if (this.held.length < start + 8) return 0;
    const end = start + 8 + this.held.readUInt32BE(start + 3);
    return end <= this.held.length ? end : 0;
  }
}
