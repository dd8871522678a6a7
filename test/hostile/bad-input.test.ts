// Every row of the bad-input table against the core in memory: the expected outcome, a healthy second
// connection that goes on working, and no memory kept for the bad one.

import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { Agenda } from '../simulation/simulated-clock.ts';
import { SimulatedDisk } from '../simulation/simulated-disk.ts';
import { FAST_STORE, NO_OBSERVER, SimulatedNode } from '../simulation/simulated-node.ts';
import { CALM_PIPE, type PipeBehaviour } from '../simulation/simulated-pipe.ts';
import { BAD_INPUT } from './bad-input.ts';
import { awaitMethod, type Peer, playBadInput, reachStage } from './conversation.ts';
import * as client from './methods.ts';
import { BODY, body, header, readFrames } from './wire.ts';

const LONG_WHILE_MS = 45_000;

function newNode(agenda: Agenda): SimulatedNode {
  const random = new SeededRandom(1);
  const disk = new SimulatedDisk();
  return new SimulatedNode({ agenda, disk, random, timing: FAST_STORE, observer: NO_OBSERVER });
}

function memoryPeer(agenda: Agenda, node: SimulatedNode, behaviour: PipeBehaviour): Peer {
  const pipe = node.connect(behaviour);
  const chunks: Buffer[] = [];
  pipe.onReceived = (bytes) => {
    chunks.push(bytes);
  };
  return {
    send: (bytes) => pipe.send(bytes),
    received: () => Buffer.concat(chunks),
    isClosed: () => pipe.isClosed,
    reset: () => pipe.reset(),
    wait: async (isDone) => {
      const deadlineMs = agenda.nowMs + LONG_WHILE_MS;
      agenda.endTurn();
      while (!isDone()) {
        const next = agenda.nextMs();
        if (next === undefined || next > deadlineMs) break;
        agenda.runNext();
        agenda.endTurn();
      }
    },
  };
}

async function healthyPeer(agenda: Agenda, node: SimulatedNode): Promise<Peer> {
  const peer = memoryPeer(agenda, node, CALM_PIPE);
  await reachStage(peer, 'channel');
  peer.send(client.queueDeclare(1, 'healthy'));
  expect(await awaitMethod(peer, 0, 1, 50, 11)).toBeDefined();
  return peer;
}

async function roundTrip(peer: Peer, text: string): Promise<string | undefined> {
  const from = peer.received().length;
  peer.send(client.publish(1, '', 'healthy'));
  peer.send(header(1, Buffer.byteLength(text)));
  peer.send(body(1, text));
  peer.send(client.get(1, 'healthy'));
  await awaitMethod(peer, from, 1, 60, 71);
  const { frames } = readFrames(peer.received().subarray(from));
  return frames.find((frame) => frame.type === BODY)?.payload.toString();
}

const octetByOctet: PipeBehaviour = { ...CALM_PIPE, cut: () => 1 };

describe('bad input', () => {
  it('names each row once and has at least 90', () => {
    const names = new Set(BAD_INPUT.map((row) => `${row.stage}: ${row.name}`));
    expect(names.size).toBe(BAD_INPUT.length);
    expect(names.size).toBeGreaterThanOrEqual(90);
  });

  it.each(BAD_INPUT)('$stage: $name', async (row) => {
    const agenda = new Agenda();
    const node = newNode(agenda);
    const healthy = await healthyPeer(agenda, node);
    const bad = memoryPeer(agenda, node, CALM_PIPE);
    expect(await playBadInput(bad, row, row.expected)).toBeUndefined();
    expect(await roundTrip(healthy, row.name)).toBe(row.name);
    expect(node.errors).toEqual([]);
    bad.reset();
    agenda.runFor(LONG_WHILE_MS);
    expect(node.broker.openConnectionCount).toBe(1);
  });

  it.each(BAD_INPUT.filter((row) => row.bytes.length < 2000))(
    'octet by octet, $stage: $name',
    async (row) => {
      const agenda = new Agenda();
      const node = newNode(agenda);
      const bad = memoryPeer(agenda, node, octetByOctet);
      expect(await playBadInput(bad, row, row.expected)).toBeUndefined();
    },
  );

  it('holds little memory for 500 peers in the middle of something', async () => {
    const agenda = new Agenda();
    const node = newNode(agenda);
    const rows = BAD_INPUT.filter((row) => row.isReset || row.expected.end === 'dropped');
    const before = retainedBytes();
    let sentBytes = 0;
    for (let index = 0; index < 500; index++) {
      const row = rows[index % rows.length];
      if (row === undefined || row.bytes.length > 10_000) continue;
      const peer = memoryPeer(agenda, node, CALM_PIPE);
      await reachStage(peer, row.stage);
      peer.send(row.bytes);
      sentBytes += row.bytes.length + 400;
      agenda.runFor(1);
    }
    expect(retainedBytes() - before).toBeLessThan(4 * sentBytes + 500 * 64 * 1024);
    agenda.runFor(LONG_WHILE_MS);
  });
});

function retainedBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
