// Mode queues: declares many queues, holds them, deletes them, and says what each of them cost the broker. With
// --time it repeats that until the time is up. With --predeclared the declarations are passive.

import { readProcessUsage } from './broker-process.ts';
import { ClientConnection } from './client-connection.ts';
import { cpuMilliseconds, rounded, sleepSeconds } from './measuring.ts';
import type { PerfOptions } from './perf-options.ts';
import { declareQueues, deleteQueues } from './topology.ts';

/** The field names are those of the JSON output. */
export interface QueuesResult {
  readonly label: string;
  readonly queues: number;
  readonly cycles: number;
  readonly declare_s: number;
  readonly declare_rate: number;
  readonly delete_s: number;
  readonly delete_rate: number;
  readonly broker?: {
    readonly cpu_ms_per_queue: number;
    readonly rss0_mb: number;
    readonly rss_mb: number;
    readonly kb_per_queue: number;
  };
}

export async function runQueues(
  options: PerfOptions,
  interrupted: AbortSignal,
): Promise<QueuesResult> {
  const control = await ClientConnection.openWithRetry(
    { address: options.address, readBufferBytes: 65536, name: 'control connection' },
    options.connectRetry,
  );
  const { pid, window, queueNames } = options;
  const start = performance.now();
  let declareSeconds = 0;
  let deleteSeconds = 0;
  let cycles = 0;
  const before = pid > 0 ? readProcessUsage(pid) : undefined;
  let declared = before;
  let held = before;
  try {
    do {
      const declaring = performance.now();
      await declareQueues(control, options, window);
      declareSeconds += (performance.now() - declaring) / 1000;
      if (cycles === 0) declared = pid > 0 ? readProcessUsage(pid) : undefined;
      await sleepSeconds(options.hold, interrupted);
      if (cycles === 0) held = pid > 0 ? readProcessUsage(pid) : undefined;
      const deleting = performance.now();
      await deleteQueues(control, options, window);
      deleteSeconds += (performance.now() - deleting) / 1000;
      cycles++;
    } while (performance.now() - start < options.time * 1000 && !interrupted.aborted);
  } finally {
    await control.close();
  }
  const count = queueNames.length;
  const broker =
    before === undefined || declared === undefined || held === undefined
      ? undefined
      : {
          cpu_ms_per_queue: rounded(cpuMilliseconds(before, declared) / count, 3),
          rss0_mb: rounded(before.residentMebibytes, 1),
          rss_mb: rounded(held.residentMebibytes, 1),
          kb_per_queue: rounded(
            ((held.residentMebibytes - before.residentMebibytes) * 1024) / count,
            1,
          ),
        };
  return {
    label: options.label,
    queues: count,
    cycles,
    declare_s: rounded(declareSeconds / cycles, 3),
    declare_rate: Math.round((count * cycles) / declareSeconds),
    delete_s: rounded(deleteSeconds / cycles, 3),
    delete_rate: Math.round((count * cycles) / deleteSeconds),
    ...(broker === undefined ? {} : { broker }),
  };
}
