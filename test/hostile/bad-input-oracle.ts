// Runs the bad-input table over TCP against a running broker (RabbitMQ 3.10.8, or our own process with
// --ours) and prints where it answers otherwise: `node dist/test/hostile/bad-input-oracle.js --port N`.

import { connect, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { BAD_INPUT, type BadInput } from './bad-input.ts';
import { type Peer, playBadInput } from './conversation.ts';

const LONG_WHILE_MS = 14_000;
const PARALLEL = 24;

function tcpPeer(socket: Socket): Peer {
  let received = Buffer.alloc(0);
  let isClosed = false;
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk]);
  });
  socket.on('error', () => {});
  socket.on('end', () => {
    isClosed = true;
    socket.end();
  });
  socket.on('close', () => {
    isClosed = true;
  });
  return {
    send: (bytes) => {
      socket.write(bytes);
    },
    received: () => received,
    isClosed: () => isClosed,
    reset: () => {
      socket.resetAndDestroy();
    },
    wait: async (isDone) => {
      const deadline = Date.now() + LONG_WHILE_MS;
      while (!isDone() && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

async function play(
  host: string,
  port: number,
  row: BadInput,
  isOurs: boolean,
): Promise<string | undefined> {
  const rabbit = row.rabbit ?? row.expected;
  if (!isOurs && rabbit === 'unchecked') return undefined;
  const socket = connect({ host, port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return await playBadInput(
      tcpPeer(socket),
      row,
      isOurs || rabbit === 'unchecked' ? row.expected : rabbit,
    );
  } catch (error) {
    return String(error);
  } finally {
    socket.destroy();
  }
}

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '5673' },
    ours: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});
const rows = BAD_INPUT.filter((row) => row.name.includes(values.only));
let failures = 0;
for (let index = 0; index < rows.length; index += PARALLEL) {
  const batch = rows.slice(index, index + PARALLEL);
  const problems = await Promise.all(
    batch.map((row) => play(values.host, Number(values.port), row, values.ours)),
  );
  for (const [at, problem] of problems.entries()) {
    if (problem === undefined) continue;
    failures++;
    console.log(`${batch[at]?.name}: ${problem}`);
  }
}
console.log(`${rows.length - failures} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
