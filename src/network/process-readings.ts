// Reads what the operating system and Node.js say of this process: memory, file descriptors, disk, garbage
// collection, delay of the event loop.

import { readdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import {
  type IntervalHistogram,
  monitorEventLoopDelay,
  PerformanceObserver,
} from 'node:perf_hooks';
import { usedMemoryBytes } from './memory-monitor.ts';

/** A timer of that period runs all the time: at 20 ms it took 0.3 % of a core of an idle broker. */
const LOOP_RESOLUTION_MS = 100;
const NS_PER_S = 1e9;

export interface ProcessReadingsOptions {
  readonly memoryLimitBytes: number;
  readonly diskFreeLimitBytes: number;
  readonly fileDescriptorsMax: number;
  /** Its file system is the one whose free bytes count. */
  readonly directory: string;
}

export class ProcessReadings {
  readonly memoryLimitBytes: number;
  readonly diskFreeLimitBytes: number;
  readonly fileDescriptorsMax: number;
  readonly directory: string;
  readonly processId = process.pid;
  readonly processStartedMs = performance.timeOrigin;
  readonly processorCount = availableParallelism();
  readonly runtimeVersion = process.versions.node;
  memoryUsedBytes = 0;
  residentBytes = 0;
  heapUsedBytes = 0;
  heapTotalBytes = 0;
  externalBytes = 0;
  diskFreeBytes = 0;
  fileDescriptorsUsed = 0;
  garbageCollections = 0;
  garbageCollectionSeconds = 0;
  contextSwitches = 0;
  cpuSeconds = 0;
  loopDelay = { median: 0, p99: 0, max: 0 };
  readonly #startedMs = performance.now();
  readonly #loop: IntervalHistogram = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  readonly #collections: PerformanceObserver;

  constructor(options: ProcessReadingsOptions) {
    this.memoryLimitBytes = options.memoryLimitBytes;
    this.diskFreeLimitBytes = options.diskFreeLimitBytes;
    this.fileDescriptorsMax = options.fileDescriptorsMax;
    this.directory = options.directory;
    this.#collections = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.garbageCollections++;
        this.garbageCollectionSeconds += duration / 1000;
      }
    });
  }

  get uptimeMs(): number {
    return Math.floor(performance.now() - this.#startedMs);
  }

  start(): void {
    this.#loop.enable();
    this.#collections.observe({ entryTypes: ['gc'] });
  }

  stop(): void {
    this.#loop.disable();
    this.#collections.disconnect();
  }

  async refresh(): Promise<void> {
    const memory = process.memoryUsage();
    this.memoryUsedBytes = usedMemoryBytes();
    this.residentBytes = memory.rss;
    this.heapUsedBytes = memory.heapUsed;
    this.heapTotalBytes = memory.heapTotal;
    this.externalBytes = memory.external;
    this.fileDescriptorsUsed = openFileDescriptors() ?? this.fileDescriptorsUsed;
    const usage = process.resourceUsage();
    this.contextSwitches = usage.voluntaryContextSwitches + usage.involuntaryContextSwitches;
    this.cpuSeconds = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
    this.#readLoopDelay();
    this.diskFreeBytes = await this.#freeBytes();
  }

  /** What the timer itself waits is no delay. */
  #readLoopDelay(): void {
    const delay = (ns: number) => Math.max(0, ns / NS_PER_S - LOOP_RESOLUTION_MS / 1000);
    const loop = this.#loop;
    if (loop.count > 0) {
      this.loopDelay = {
        median: delay(loop.percentile(50)),
        p99: delay(loop.percentile(99)),
        max: delay(loop.max),
      };
    }
    loop.reset();
  }

  async #freeBytes(): Promise<number> {
    try {
      const { bavail, bsize } = await statfs(this.directory);
      return bavail * bsize;
    } catch {
      // The directory went away, or the system cannot say: the last figure stands.
      return this.diskFreeBytes;
    }
  }
}

/** Undefined where the system has no list of them. */
function openFileDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
