// What the process and the machine say of themselves; `network/` reads it. Taken anew at each tick of the
// statistics, so that no request has to wait for it.

export interface NodeReadings {
  /** As the memory alarm counts them. */
  readonly memoryUsedBytes: number;
  readonly memoryLimitBytes: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapTotalBytes: number;
  /** Buffers: messages, sockets, the store. */
  readonly externalBytes: number;
  readonly diskFreeBytes: number;
  readonly diskFreeLimitBytes: number;
  readonly fileDescriptorsUsed: number;
  readonly fileDescriptorsMax: number;
  readonly garbageCollections: number;
  readonly garbageCollectionSeconds: number;
  readonly contextSwitches: number;
  readonly cpuSeconds: number;
  readonly uptimeMs: number;
  readonly processId: number;
  /** Since the epoch; a broker inside of another program may have begun later. */
  readonly processStartedMs: number;
  readonly processorCount: number;
  /** Of Node.js. */
  readonly runtimeVersion: string;
  /** Where the data is stored. */
  readonly directory: string;
  /** How late the event loop ran what was due, between the last two ticks, in seconds. */
  readonly loopDelay: { readonly median: number; readonly p99: number; readonly max: number };
  /** Reads all of it anew. */
  refresh(): Promise<void>;
}
