// What the node's memory is used for, in RabbitMQ's words. Messages lie in buffers outside of the heap;
// what only Erlang has is 0.

import type { AdminNode } from './admin-node.ts';
import type { View } from './columns.ts';

const NONE = {
  connection_readers: 0,
  connection_writers: 0,
  connection_channels: 0,
  connection_other: 0,
  queue_slave_procs: 0,
  quorum_queue_procs: 0,
  quorum_queue_dlx_procs: 0,
  stream_queue_procs: 0,
  stream_queue_replica_reader_procs: 0,
  stream_queue_coordinator_procs: 0,
  plugins: 0,
  metadata_store: 0,
  metadata_store_ets: 0,
  metrics: 0,
  mgmt_db: 0,
  mnesia: 0,
  quorum_ets: 0,
  other_ets: 0,
  msg_index: 0,
  code: 0,
  atom: 0,
};

function parts({ broker, readings }: AdminNode): Record<string, number> {
  const messages = broker.memory.residentBytes;
  const { residentBytes, heapUsedBytes, heapTotalBytes, externalBytes } = readings;
  const unused = Math.max(0, heapTotalBytes - heapUsedBytes);
  return {
    ...NONE,
    queue_procs: messages,
    binary: Math.max(0, externalBytes - messages),
    other_proc: heapUsedBytes,
    allocated_unused: unused,
    other_system: Math.max(0, residentBytes - heapTotalBytes - Math.max(externalBytes, messages)),
    reserved_unallocated: 0,
  };
}

/** In bytes. */
export function memoryView(node: AdminNode): View {
  const { residentBytes, heapTotalBytes, heapUsedBytes, externalBytes } = node.readings;
  return {
    memory: {
      ...parts(node),
      strategy: 'rss',
      total: {
        rss: residentBytes,
        allocated: heapTotalBytes + externalBytes,
        erlang: heapUsedBytes + externalBytes,
      },
    },
  };
}

/** In percent of what is resident. */
export function relativeMemoryView(node: AdminNode): View {
  const total = Math.max(1, node.readings.residentBytes);
  const shares = Object.entries(parts(node)).map(([name, bytes]) => [
    name,
    Math.ceil((bytes * 100) / total),
  ]);
  return { memory: { ...Object.fromEntries(shares), total: 100 } };
}
