// The generator against a real broker of ours, and through a proxy that spoils deliveries: what it must find.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawPerfOptions } from '../../../src/cli/perf/perf-options.ts';
import { runConnections } from '../../../src/cli/perf/run-connections.ts';
import { runLoad } from '../../../src/cli/perf/run-load.ts';
import { runQueues } from '../../../src/cli/perf/run-queues.ts';
import { type RunningBroker, startBroker } from '../../../src/node.ts';
import { neverInterrupted, perfOptions } from './perf-settings.ts';
import { startTamperingProxy } from './tampering-proxy.ts';

let broker: RunningBroker;
let queueNumber = 0;

beforeAll(async () => {
  broker = await startBroker({ port: 0, memory: true });
});
afterAll(() => broker.close());

function load(raw: Partial<RawPerfOptions>, port = broker.port) {
  const uri = `amqp://127.0.0.1:${port}`;
  const queue = `load-${queueNumber++}`;
  const options = perfOptions({ uri, queue, timeout: '20', delete: true, ...raw });
  return runLoad(options, neverInterrupted);
}

const asPublished = { lost: 0, dups: 0, disorder: 0, timeout: 0 };

describe('a run', () => {
  it('sees every message once and in order, confirmed and acknowledged', async () => {
    const raw = { pmessages: '3000', size: '200', verify: true, latency: true };
    const result = await load({ ...raw, confirm: '50', qos: '100', multiAckEvery: '10' });
    expect(result).toMatchObject({
      published: 3000,
      confirmed: 3000,
      consumed: 3000,
      ...asPublished,
    });
    expect(result.latency_us?.n).toBe(3000);
    expect(result.confirm_us?.n).toBe(3000);
  });

  it('counts all copies of a fanout', async () => {
    const raw = { exchange: 'perf-fanout', type: 'fanout', queues: '3', consumers: '3' };
    const result = await load({ ...raw, pmessages: '500', size: '20', verify: true });
    expect(result).toMatchObject({ published: 500, consumed: 1500, ...asPublished });
  });

  it('publishes random keys that each match one of many bindings', async () => {
    const raw = { exchange: 'perf-topic', type: 'topic', bindings: '200', keys: '200' };
    const counts = { queues: '2', consumers: '2', pmessages: '1000' };
    const result = await load({ ...raw, ...counts, size: '20', verify: true });
    expect(result).toMatchObject({ consumed: 1000, ...asPublished });
  });

  it('consumes what dies in the queues', async () => {
    const raw = { deadLetter: true, queueArgs: 'x-max-length=0', producers: '2', queues: '2' };
    const result = await load({ ...raw, pmessages: '500', size: '20', verify: true });
    expect(result).toMatchObject({ published: 1000, consumed: 1000, ...asPublished });
  });

  it('publishes to bindings of headers, each message to one', async () => {
    const raw = { exchange: 'perf-headers', type: 'headers', bindings: '100', groups: '100' };
    const result = await load({ ...raw, queues: '2', consumers: '2', pmessages: '1000' });
    expect(result).toMatchObject({ consumed: 1000 });
  });

  it('publishes to a consistent hash', async () => {
    const raw = { exchange: 'perf-hash', type: 'x-consistent-hash', bindings: '4', keys: '100' };
    const counts = { queues: '4', consumers: '4', pmessages: '1000' };
    const result = await load({ ...raw, ...counts, size: '20', verify: true });
    expect(result).toMatchObject({ consumed: 1000, lost: 0, dups: 0 });
  });

  it('publishes messages of groups', async () => {
    const queueArgs = 'x-group-by=group-id';
    const result = await load({ groups: '50', queueArgs, consumers: '2', pmessages: '1000' });
    expect(result).toMatchObject({ published: 1000, consumed: 1000 });
  });

  it('paces each producer by the intended send times', async () => {
    const raw = { producers: '2', rate: '500', pmessages: '50', latency: true };
    const result = await load(raw);
    expect(result).toMatchObject({ published: 100, consumed: 100 });
    // The last of 50 messages at 500/s is due 98 ms after the start: it cannot have been sent sooner.
    expect(result.wall_s).toBeGreaterThanOrEqual(0.098);
  });

  it('sends bodies of many frames', async () => {
    const result = await load({ pmessages: '5', size: '300000', verify: true });
    expect(result).toMatchObject({ consumed: 5, ...asPublished });
  });

  it('ends after a time, and drains what was still on its way', async () => {
    const result = await load({ time: '0.2', autoack: true });
    expect(result.window_s).toBeGreaterThanOrEqual(0.19);
    expect(result.consumed).toBe(result.published);
  });

  it('leaves a backlog that a drain then takes', async () => {
    const queue = 'load-backlog';
    await load({ queue, consumers: '0', confirm: '100', pmessages: '700', delete: false });
    const drained = await load({ queue, mode: 'drain' });
    expect(drained).toMatchObject({ published: 0, consumed: 700 });
  });

  it('measures the latency of its own messages only', async () => {
    const queue = 'load-latency';
    await load({ queue, consumers: '0', confirm: '100', pmessages: '50', delete: false });
    const result = await load({ queue, pmessages: '70', latency: true });
    expect(result).toMatchObject({ consumed: 120, latency_us: { n: 70 } });
  });

  it('stops when it is interrupted', async () => {
    const interruption = new AbortController();
    const options = perfOptions({
      uri: `amqp://127.0.0.1:${broker.port}`,
      queue: 'load-interrupt',
    });
    const result = await runLoad(options, interruption.signal, () => interruption.abort());
    expect(result.consumed).toBe(result.published);
  });

  it("fails with the broker's own words", async () => {
    const options = { pmessages: '1', predeclared: true, queue: 'load-missing' };
    await expect(load(options)).rejects.toThrow(/control connection: .* 404 NOT_FOUND/);
  });
});

describe('deliveries spoilt on the way', () => {
  const raw = { pmessages: '100', size: '20', verify: true, autoack: true, timeout: '1' };

  async function through(tamper: (index: number, delivery: Buffer) => Buffer, more = {}) {
    const proxy = await startTamperingProxy(broker.port, tamper);
    try {
      return await load({ ...raw, ...more }, proxy.port);
    } finally {
      await proxy.close();
    }
  }

  it('are seen to be lost', async () => {
    const result = await through((index, bytes) => (index === 40 ? Buffer.alloc(0) : bytes));
    expect(result).toMatchObject({ lost: 1, dups: 0, disorder: 0, timeout: 1, consumed: 99 });
  });

  it('are seen to be doubled', async () => {
    const result = await through((index, bytes) =>
      index === 40 ? Buffer.concat([bytes, bytes]) : bytes,
    );
    expect(result.dups).toBeGreaterThanOrEqual(1);
  });

  it('are seen to be out of order', async () => {
    let held = Buffer.alloc(0);
    const result = await through((index, bytes) => {
      if (index !== 40) return index === 41 ? Buffer.concat([bytes, held]) : bytes;
      held = Buffer.from(bytes);
      return Buffer.alloc(0);
    });
    expect(result).toMatchObject({ lost: 0, dups: 0, disorder: 1 });
  });

  it('are refused where a frame has the wrong end', async () => {
    const spoil = (index: number, bytes: Buffer) => {
      if (index === 40) bytes[bytes.length - 1] = 0;
      return bytes;
    };
    await expect(through(spoil)).rejects.toThrow('consumer 0: a frame does not end with 0xCE');
  });

  it('are refused where a body is longer than its header said', async () => {
    const spoil = (_index: number, bytes: Buffer) => {
      const header = 8 + bytes.readUInt32BE(3);
      bytes.writeUInt32BE(19, header + 15);
      return bytes;
    };
    await expect(through(spoil)).rejects.toThrow('a message of 19 bytes came, 20 were published');
  });
});

describe('the other modes', () => {
  const uri = () => `amqp://127.0.0.1:${broker.port}`;

  it('opens and closes connections', async () => {
    const raw = { uri: uri(), mode: 'connections', connections: '20', parallel: '4' };
    const result = await runConnections(perfOptions(raw), neverInterrupted);
    expect(result).toMatchObject({ connections: 20, cycles: 1 });
  });

  it('says why a connection cannot be opened', async () => {
    const wrong = `amqp://guest:wrong@127.0.0.1:${broker.port}`;
    const raw = { uri: wrong, mode: 'connections', connections: '2' };
    await expect(runConnections(perfOptions(raw), neverInterrupted)).rejects.toThrow('403');
  });

  it('declares and deletes queues, again until the time is up', async () => {
    const raw = { uri: uri(), mode: 'queues', queues: '30', window: '7', time: '0.05' };
    const result = await runQueues(perfOptions(raw), neverInterrupted);
    expect(result.queues).toBe(30);
    expect(result.cycles).toBeGreaterThanOrEqual(1);
  });
});
