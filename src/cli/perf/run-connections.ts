// Mode connections: opens many connections (handshake and one channel each), holds them, closes them, and says what
// each of them cost the broker. With --time it repeats that until the time is up.

import { readProcessUsage } from './broker-process.ts';
import { ClientConnection } from './client-connection.ts';
import { cpuMilliseconds, rounded, sleepSeconds } from './measuring.ts';
import type { PerfOptions } from './perf-options.ts';

/** The field names are those of the JSON output. */
export interface ConnectionsResult {
  readonly label: string;
  readonly connections: number;
  readonly cycles: number;
  readonly open_s: number;
  readonly open_rate: number;
  readonly close_rate: number;
  readonly broker?: {
    readonly cpu_ms_per_conn: number;
    readonly rss0_mb: number;
    readonly rss_open_mb: number;
    readonly rss_held_mb: number;
    readonly kb_per_conn: number;
  };
}

const readBufferBytes = 2048;

export async function runConnections(
  options: PerfOptions,
  interrupted: AbortSignal,
): Promise<ConnectionsResult> {
  const { connections: count, pid } = options;
  const start = performance.now();
  let openSeconds = 0;
  let closeSeconds = 0;
  let cycles = 0;
  const before = pid > 0 ? readProcessUsage(pid) : undefined;
  let opened = before;
  let held = before;
  do {
    const opening = performance.now();
    const connections = await openAll(options);
    openSeconds += (performance.now() - opening) / 1000;
    if (cycles === 0) opened = pid > 0 ? readProcessUsage(pid) : undefined;
    await sleepSeconds(options.hold, interrupted);
    if (cycles === 0) held = pid > 0 ? readProcessUsage(pid) : undefined;
    const closing = performance.now();
    await Promise.all(connections.map((connection) => connection.close()));
    closeSeconds += (performance.now() - closing) / 1000;
    cycles++;
  } while (performance.now() - start < options.time * 1000 && !interrupted.aborted);
  const broker =
    before === undefined || opened === undefined || held === undefined
      ? undefined
      : {
          cpu_ms_per_conn: rounded(cpuMilliseconds(before, opened) / count, 3),
          rss0_mb: rounded(before.residentMebibytes, 1),
          rss_open_mb: rounded(opened.residentMebibytes, 1),
          rss_held_mb: rounded(held.residentMebibytes, 1),
          kb_per_conn: rounded(
            ((held.residentMebibytes - before.residentMebibytes) * 1024) / count,
            1,
          ),
        };
  return {
    label: options.label,
    connections: count,
    cycles,
    open_s: rounded(openSeconds / cycles, 3),
    open_rate: Math.round((count * cycles) / openSeconds),
    close_rate: Math.round((count * cycles) / closeSeconds),
    ...(broker === undefined ? {} : { broker }),
  };
}

async function openAll(options: PerfOptions): Promise<ClientConnection[]> {
  const connections: ClientConnection[] = [];
  let next = 0;
  const openSome = async () => {
    while (next < options.connections) {
      const name = `connection ${next++}`;
      const connection = await ClientConnection.openWithRetry(
        { address: options.address, readBufferBytes, name },
        options.connectRetry,
      );
      connections.push(connection);
    }
  };
  const openers = Array.from({ length: options.parallel }, openSome);
  const outcomes = await Promise.allSettled(openers);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return connections;
  for (const connection of connections) connection.destroy();
  throw failed.reason;
}
