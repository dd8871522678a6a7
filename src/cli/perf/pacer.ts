// Sends at a given rate, evenly: message k of producer p is due at start + phase(p) + k * gap. Node's timers count
// whole milliseconds, so a thread sleeps (microseconds) until shortly before the next message is due and wakes this
// one, which then polls its event loop until the moment itself. Late messages keep their due time as their stamp.
import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { monotonicMilliseconds } from './monotonic-clock.ts';
import type { Publisher } from './publisher.ts';

/** How long before the due time the thread wakes us: a little more than a wake-up across threads takes (59 µs). */
const wakeAheadMilliseconds = 0.07;

/** Which message is due when; `start` is set when the run begins. */
export class Schedule {
  start = 0;
  private readonly gapMilliseconds: number;
  private readonly producers: number;

  constructor(ratePerProducer: number, producers: number) {
    this.gapMilliseconds = 1000 / ratePerProducer;
    this.producers = producers;
  }

  dueTime(producer: number, messageNumber: number): number {
    return this.start + this.gapMilliseconds * (messageNumber + producer / this.producers);
  }

  /** How many messages of this producer are due by `now`. */
  dueCount(producer: number, now: number): number {
    const elapsed = now - this.dueTime(producer, 0);
    return elapsed < 0 ? 0 : Math.floor(elapsed / this.gapMilliseconds) + 1;
  }
}

// Text, so that it runs the same from compiled code and from source. It waits to be armed, sleeps, reports, repeats.
const sleeperSource = `
const { parentPort, workerData } = require('node:worker_threads');
const armed = new Int32Array(workerData, 0, 1);
const wakeTime = new Float64Array(workerData, 8, 1);
const never = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  Atomics.wait(armed, 0, 0);
  const time = process.hrtime();
  const left = wakeTime[0] - (time[0] * 1e3 + time[1] / 1e6);
  if (left > 0) Atomics.wait(never, 0, 0, left);
  Atomics.store(armed, 0, 0);
  parentPort.postMessage(0);
}`;

export class Pacer {
  private readonly publishers: readonly Publisher[];
  private readonly schedule: Schedule;
  private readonly armed: Int32Array;
  private readonly wakeTime: Float64Array;
  private readonly sleeper: Worker;
  /** Messages 0, 1, 2 … of all producers in the order in which they are due. */
  private cursor = 0;
  private stopped = false;

  constructor(publishers: readonly Publisher[], schedule: Schedule) {
    this.publishers = publishers;
    this.schedule = schedule;
    const shared = new SharedArrayBuffer(16);
    this.armed = new Int32Array(shared, 0, 1);
    this.wakeTime = new Float64Array(shared, 8, 1);
    tightenTimers();
    this.sleeper = new Worker(sleeperSource, { eval: true, workerData: shared });
    this.sleeper.on('message', this.tick);
  }

  /** The schedule's start must be set. Resolves when the thread has ended, after `stop`. */
  start(): void {
    this.tick();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.sleeper.terminate();
  }

  private readonly tick = (): void => {
    if (this.stopped) return;
    const count = this.publishers.length;
    const now = monotonicMilliseconds();
    let due = this.dueTime();
    while (due <= now) {
      this.publishers[this.cursor % count]!.pump(now);
      this.cursor++;
      due = this.dueTime();
    }
    if (due - now < wakeAheadMilliseconds) setImmediate(this.tick);
    else {
      this.wakeTime[0] = due - wakeAheadMilliseconds;
      Atomics.store(this.armed, 0, 1);
      Atomics.notify(this.armed, 0);
    }
  };

  private dueTime(): number {
    const count = this.publishers.length;
    return this.schedule.dueTime(this.cursor % count, Math.floor(this.cursor / count));
  }
}

/** Linux lets sleeps end 50 µs late by default, and threads inherit it from the one that starts them. */
function tightenTimers(): void {
  try {
    writeFileSync('/proc/self/timerslack_ns', '1000');
  } catch {
    // Another system or a kernel without it: pacing is then a little less even.
  }
}
