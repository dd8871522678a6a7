// Drives one row of the bad-input table over any byte pipe and says how the server's answer differs
// from the expected outcome. The same code judges our core in memory and RabbitMQ over TCP.

import type { BadInput, Outcome, Stage } from './bad-input.ts';
import * as client from './methods.ts';
import { isMethod, PROTOCOL_HEADER, readClose, readFrames, type WireFrame } from './wire.ts';

/** A raw connection to a server. */
export interface Peer {
  send(bytes: Buffer): void;
  /** Everything the server sent so far. */
  received(): Buffer;
  isClosed(): boolean;
  /** Resets the connection without a word. */
  reset(): void;
  /** Lets the server work until `isDone` or until nothing more will come for a long while. */
  wait(isDone: () => boolean): Promise<void>;
}

const STAGES: readonly Stage[] = ['connected', 'started', 'tuned', 'opening', 'open', 'channel'];

/** Walks the handshake in lockstep up to `stage`; throws when the server does not answer as it must. */
export async function reachStage(peer: Peer, stage: Stage): Promise<void> {
  const steps: [Buffer, number, number, number][] = [
    [PROTOCOL_HEADER, 0, 10, 10],
    [client.plainLogin, 0, 10, 30],
    [client.tuneOk(), 0, 0, 0],
    [client.open(), 0, 10, 41],
    [client.channelOpen(1), 1, 20, 11],
  ];
  for (const [bytes, channel, classId, methodId] of steps.slice(0, STAGES.indexOf(stage))) {
    peer.send(bytes);
    if (classId === 0) continue;
    const found = await awaitMethod(peer, 0, channel, classId, methodId);
    if (found === undefined) throw new Error(`no ${classId},${methodId} on the way to ${stage}`);
  }
}

export async function awaitMethod(
  peer: Peer,
  from: number,
  channel: number,
  classId: number,
  methodId: number,
): Promise<WireFrame | undefined> {
  const find = (): WireFrame | undefined =>
    framesFrom(peer, from).find(
      (frame) => frame.channel === channel && isMethod(frame, classId, methodId),
    );
  await peer.wait(() => find() !== undefined || peer.isClosed());
  return find();
}

function framesFrom(peer: Peer, from: number): WireFrame[] {
  const received = peer.received();
  if (received.subarray(from, from + 4).toString('latin1') === 'AMQP') return [];
  return readFrames(received.subarray(from)).frames;
}

const isConnectionClose = (frame: WireFrame): boolean =>
  frame.channel === 0 && isMethod(frame, 10, 50);
const isChannelClose = (frame: WireFrame): boolean =>
  frame.channel === 1 && isMethod(frame, 20, 40);

/** Plays the row; undefined when the server did as expected, else what it did instead. */
export async function playBadInput(
  peer: Peer,
  row: BadInput,
  expected: Outcome,
): Promise<string | undefined> {
  await reachStage(peer, row.stage);
  const from = peer.received().length;
  peer.send(row.bytes);
  if (row.isReset) {
    await peer.wait(() => true);
    peer.reset();
    await peer.wait(() => peer.isClosed());
    return undefined;
  }
  const problem = await outcomeProblem(peer, from, expected);
  if (problem === undefined) return undefined;
  return `${problem}; it sent ${describe(peer, from)}${peer.isClosed() ? ' and closed' : ''}`;
}

async function outcomeProblem(
  peer: Peer,
  from: number,
  expected: Outcome,
): Promise<string | undefined> {
  switch (expected.end) {
    case 'header':
      await peer.wait(() => peer.isClosed());
      if (!peer.isClosed()) return 'the server kept the connection';
      return peer.received().subarray(from).equals(PROTOCOL_HEADER)
        ? undefined
        : 'no protocol header came back';
    case 'dropped':
      await peer.wait(() => peer.isClosed());
      if (!peer.isClosed()) return 'the server kept the connection';
      return framesFrom(peer, from).some((frame) => frame.type === 1)
        ? 'it was not dropped silently'
        : undefined;
    case 'connection':
      await peer.wait(() => peer.isClosed() || framesFrom(peer, from).some(isConnectionClose));
      return await closeProblem(peer, from, expected, isConnectionClose);
    case 'channel':
      await peer.wait(() => peer.isClosed() || framesFrom(peer, from).some(isChannelClose));
      return await closeProblem(peer, from, expected, isChannelClose);
    case 'tolerated':
      return await toleranceProblem(peer, from, expected.replies ?? []);
  }
}

async function closeProblem(
  peer: Peer,
  from: number,
  expected: Extract<Outcome, { end: 'connection' | 'channel' }>,
  isClose: (frame: WireFrame) => boolean,
): Promise<string | undefined> {
  const frame = framesFrom(peer, from).find(isClose);
  if (frame === undefined) return `no ${expected.end}.close came`;
  const close = readClose(frame);
  if (close.code !== expected.code) return `reply code ${close.code} instead of ${expected.code}`;
  const isText =
    typeof expected.text === 'string'
      ? close.text === expected.text
      : expected.text.test(close.text);
  if (!isText) return `reply text "${close.text}" instead of ${expected.text}`;
  if (
    expected.on !== undefined &&
    (close.classId !== expected.on[0] || close.methodId !== expected.on[1])
  ) {
    return `ids ${close.classId},${close.methodId} instead of ${expected.on}`;
  }
  if (expected.end === 'channel') {
    peer.send(client.channelCloseOk(1));
    return await toleranceProblem(peer, from, []);
  }
  peer.send(client.connectionCloseOk);
  await peer.wait(() => peer.isClosed());
  return peer.isClosed() ? undefined : 'the connection stayed after close-ok';
}

/** The connection must go on working: another channel opens. */
async function toleranceProblem(
  peer: Peer,
  from: number,
  replies: readonly (readonly [number, number])[],
): Promise<string | undefined> {
  peer.send(client.channelOpen(99));
  const opened = await awaitMethod(peer, from, 99, 20, 11);
  if (opened === undefined) return 'the connection does not open another channel';
  const onOne = () => framesFrom(peer, from).filter((frame) => frame.channel === 1);
  await peer.wait(() => onOne().length >= replies.length || peer.isClosed());
  const came = onOne();
  for (const [index, [classId, methodId]] of replies.entries()) {
    const frame = came[index];
    if (frame === undefined || !isMethod(frame, classId, methodId))
      return `no ${classId},${methodId} came`;
  }
  return undefined;
}

function describe(peer: Peer, from: number): string {
  const received = peer.received().subarray(from);
  if (received.subarray(0, 4).toString('latin1') === 'AMQP') return `a protocol header`;
  const words = readFrames(received).frames.map((frame) => {
    if (frame.type !== 1) return `type ${frame.type}`;
    const ids = `${frame.payload.readUInt16BE(0)},${frame.payload.readUInt16BE(2)}@${frame.channel}`;
    if (!isMethod(frame, 10, 50) && !isMethod(frame, 20, 40)) return ids;
    const close = readClose(frame);
    return `${ids} ${close.code} "${close.text}" (${close.classId},${close.methodId})`;
  });
  return words.length === 0 ? 'nothing' : words.slice(0, 8).join(', ');
}
