// Modes run and drain: sets up producers and consumers, lets them work until the counts are reached, the time is up or
// the user interrupts, then waits for what is still on its way. Rates of a timed run are those of its window.
import { readProcessUsage, resetPeakMemory } from './broker-process.ts';
import { ClientConnection } from './client-connection.ts';
import { ConfirmWindow } from './confirm-window.ts';
import { Consumer } from './consumer.ts';
import { DeliveryAudit } from './delivery-audit.ts';
import { methodFrame, methodId } from './frame-encoder.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { LoadCounters } from './load-counters.ts';
import { auditScopeOf, expectedDeliveries, totalDeliveries } from './load-expectation.ts';
import { type LoadMeasurement, type LoadResult, summarizeLoad } from './load-result.ts';
import { monotonicMilliseconds } from './monotonic-clock.ts';
import { Pacer, Schedule } from './pacer.ts';
import type { PerfOptions } from './perf-options.ts';
import { PublishRing } from './publish-ring.ts';
import { Publisher } from './publisher.ts';
import { consumedQueueOf, declareTopology, deleteTopology, routingKeysOf } from './topology.ts';

/** What the progress line is made of. */
export interface LoadProgress {
  readonly published: number;
  readonly confirmed: number;
  readonly consumed: number;
}

/** After the end of a timed run: no delivery for this long means that none will come. */
const quietMilliseconds = 5000;

export async function runLoad(
  options: PerfOptions,
  interrupted: AbortSignal,
  watch: (read: () => LoadProgress) => void = () => {},
): Promise<LoadResult> {
  const run = new LoadRun(options);
  try {
    await run.prepare();
    watch(() => run.progress());
    const measurement = await run.measure(interrupted);
    return summarizeLoad(options, measurement);
  } finally {
    await run.close();
  }
}

class LoadRun {
  private readonly options: PerfOptions;
  private readonly counters = new LoadCounters();
  private readonly endToEnd = new LatencyHistogram();
  private readonly confirmLatency = new LatencyHistogram();
  private readonly audit: DeliveryAudit | undefined;
  private readonly schedule: Schedule | undefined;
  private readonly connections: ClientConnection[] = [];
  private readonly publishers: Publisher[] = [];
  private readonly confirms: ConfirmWindow[] = [];
  private readonly consumers: Consumer[] = [];
  private pacer: Pacer | undefined;
  private control: ClientConnection | undefined;
  private readyMessages = 0;
  private bindSeconds = 0;
  private connectMilliseconds = 0;
  /** Deliveries after which the run is complete; unknown while producers may still publish without end. */
  private expectedDeliveries = Number.POSITIVE_INFINITY;
  private finish: (outcome: Error | undefined) => void = () => {};
  private startTime = 0;
  private window: LoadMeasurement['window'];
  private timedOut = false;
  private quietCheck: NodeJS.Timeout | undefined;
  private consumedAtCheck = -1;

  constructor(options: PerfOptions) {
    this.options = options;
    this.audit = options.verify ? new DeliveryAudit() : undefined;
    const paced = options.rate > 0 && options.producers > 0;
    this.schedule = paced ? new Schedule(options.rate, options.producers) : undefined;
  }

  async prepare(): Promise<void> {
    const { options } = this;
    this.control = await this.connect('control connection', 65536);
    this.connectMilliseconds = performance.now();
    const { readyMessages, bindSeconds } = await declareTopology(this.control, options);
    if (options.verify && readyMessages > 0 && options.producers > 0) {
      throw new Error(
        `--verify: ${readyMessages} messages wait in the queues already; see --purge`,
      );
    }
    this.readyMessages = readyMessages;
    this.bindSeconds = bindSeconds;
    for (let index = 0; index < options.producers; index++) await this.addPublisher(index);
    for (let index = 0; index < options.consumers; index++) await this.addConsumer(index);
    this.expectedDeliveries = this.deliveriesToWaitFor();
  }

  progress(): LoadProgress {
    const { confirmed, consumed } = this.counters;
    return { published: this.published(), confirmed, consumed };
  }

  async measure(interrupted: AbortSignal): Promise<LoadMeasurement> {
    const { pid } = this.options;
    if (pid > 0) resetPeakMemory(pid);
    const before = pid > 0 ? readProcessUsage(pid) : undefined;
    const ownBefore = process.cpuUsage();
    await this.work(interrupted);
    const endTime = monotonicMilliseconds();
    const own = process.cpuUsage(ownBefore);
    for (const consumer of this.consumers) consumer.acknowledgeRest();
    const sent = this.publishers.map((publisher) => publisher.sent);
    const expected =
      this.publishers.length > 0 ? expectedDeliveries(this.options, sent) : undefined;
    return {
      counters: this.counters,
      published: this.published(),
      rejected: this.confirms.reduce((sum, confirms) => sum + confirms.rejected, 0),
      startTime: this.startTime,
      endTime,
      window: this.window,
      connectMilliseconds: this.connectMilliseconds,
      bindSeconds: this.bindSeconds,
      timedOut: this.timedOut,
      ownCpuSeconds: (own.user + own.system) / 1e6,
      endToEnd: this.endToEnd,
      confirmLatency: this.confirmLatency,
      audit: this.audit?.result(expected),
      before,
      after: pid > 0 ? readProcessUsage(pid) : undefined,
    };
  }

  async close(): Promise<void> {
    await this.pacer?.stop();
    await Promise.all(this.connections.map((connection) => connection.close()));
    if (this.control === undefined) return;
    try {
      if (this.options.delete) await deleteTopology(this.control, this.options);
    } finally {
      await this.control.close();
    }
  }

  private async connect(name: string, readBufferBytes: number): Promise<ClientConnection> {
    const { address, connectRetry } = this.options;
    const settings = { address, readBufferBytes, name };
    return ClientConnection.openWithRetry(settings, connectRetry);
  }

  /** A connection for load; its failure ends the run. */
  private async connectLoad(name: string): Promise<ClientConnection> {
    const { producers, consumers } = this.options;
    const connection = await this.connect(name, producers + consumers > 32 ? 262144 : 1048576);
    this.connections.push(connection);
    connection.onFailure = (error) => this.finish(error);
    return connection;
  }

  private async addPublisher(index: number): Promise<void> {
    const { options } = this;
    const connection = await this.connectLoad(`producer ${index}`);
    const ring = new PublishRing({
      exchange: options.exchange,
      routingKeys: routingKeysOf(options, index),
      groupCount: options.groups,
      sizeBytes: options.size,
      persistent: options.persistent,
      mandatory: options.mandatory,
      frameMaxBytes: connection.frameMaxBytes,
      ringBytes: options.producers > 32 ? 262144 : 1048576,
      seed: 12345 + index,
    });
    let confirms: ConfirmWindow | undefined;
    if (options.confirm > 0) {
      confirms = new ConfirmWindow(options.confirm, this.confirmLatency);
      this.confirms.push(confirms);
      const select = methodFrame(1, methodId.confirmSelect, (encoder) => encoder.octet(0));
      await connection.call(select, methodId.confirmSelectOk);
    }
    const publisher = new Publisher(
      {
        index,
        connection,
        ring,
        confirms,
        schedule: this.schedule,
        stampTimes: options.latency,
        stampNumbers: options.verify,
        counters: this.counters,
        onProgress: this.onProgress,
      },
      options.pmessages > 0 ? options.pmessages : Number.MAX_SAFE_INTEGER,
    );
    this.publishers.push(publisher);
    connection.attach(publisher);
  }

  private async addConsumer(index: number): Promise<void> {
    const { options } = this;
    const connection = await this.connectLoad(`consumer ${index}`);
    const queue = consumedQueueOf(options, index);
    if (options.qos > 0) {
      const request = methodFrame(1, methodId.basicQos, (encoder) =>
        encoder.long(0).short(options.qos).octet(0),
      );
      await connection.call(request, methodId.basicQosOk);
    }
    this.consumers.push(
      new Consumer({
        connection,
        queue,
        autoAck: options.autoack,
        ackEvery: options.multiAckEvery,
        bodyBytes: this.readyMessages > 0 ? undefined : options.size,
        latency: options.latency ? this.endToEnd : undefined,
        oldestStamp: options.producers > 0 ? monotonicMilliseconds() : 0,
        audit: this.audit,
        auditScope: auditScopeOf(options, queue),
        counters: this.counters,
        onProgress: this.onProgress,
      }),
    );
  }

  /** Runs until everything expected has happened; throws when a connection fails. */
  private work(interrupted: AbortSignal): Promise<void> {
    const { time, timeout, pmessages, cmessages, producers } = this.options;
    const bounded = time > 0 || pmessages > 0 || cmessages > 0 || producers === 0;
    const timers: NodeJS.Timeout[] = [];
    const after = (seconds: number, action: () => void) =>
      timers.push(setTimeout(action, seconds * 1000));
    const stop = () => this.endWindow();
    interrupted.addEventListener('abort', stop);
    return new Promise<void>((resolve, reject) => {
      this.finish = (outcome) => (outcome === undefined ? resolve() : reject(outcome));
      if (time > 0) after(time, stop);
      if (bounded) after(time + timeout, () => this.giveUp());
      this.startTime = monotonicMilliseconds();
      if (this.schedule !== undefined) this.schedule.start = this.startTime;
      for (const consumer of this.consumers) consumer.start();
      if (this.schedule === undefined) {
        for (const publisher of this.publishers) publisher.pump(this.startTime);
      } else {
        this.pacer = new Pacer(this.publishers, this.schedule);
        this.pacer.start();
      }
      if (interrupted.aborted) stop();
      this.onProgress();
    }).finally(() => {
      for (const timer of timers) clearTimeout(timer);
      clearInterval(this.quietCheck);
      interrupted.removeEventListener('abort', stop);
      this.finish = () => {};
    });
  }

  private readonly onProgress = (): void => {
    const { consumed } = this.counters;
    const wanted = this.options.cmessages * this.consumers.length;
    if (wanted > 0 && consumed >= wanted && this.window === undefined) this.endWindow();
    if (consumed < this.expectedDeliveries) return;
    for (const publisher of this.publishers) if (!publisher.done) return;
    this.finish(undefined);
  };

  private deliveriesToWaitFor(): number {
    const { producers, consumers, pmessages, cmessages, time } = this.options;
    if (consumers === 0) return 0;
    if (producers === 0) {
      if (cmessages > 0) return cmessages * consumers;
      return time > 0 ? Number.POSITIVE_INFINITY : this.readyMessages;
    }
    if (pmessages === 0) return Number.POSITIVE_INFINITY;
    const targets = this.publishers.map((publisher) => publisher.target);
    return totalDeliveries(this.options, targets) + this.readyMessages;
  }

  /** Freezes the rates, stops the producers, and lets what is on its way arrive. */
  private endWindow(): void {
    if (this.window !== undefined) return;
    const { confirmed, consumed } = this.counters;
    const seconds = (monotonicMilliseconds() - this.startTime) / 1000;
    this.window = { seconds, published: this.published(), confirmed, consumed };
    for (const publisher of this.publishers) publisher.stop();
    const sent = this.publishers.map((publisher) => publisher.sent);
    const drained = totalDeliveries(this.options, sent) + this.readyMessages;
    this.expectedDeliveries =
      this.publishers.length === 0 || this.consumers.length === 0 ? 0 : drained;
    this.quietCheck = setInterval(this.checkQuiet, quietMilliseconds);
    this.onProgress();
  }

  private readonly checkQuiet = (): void => {
    const { consumed } = this.counters;
    const settled = this.publishers.every((publisher) => publisher.done);
    if (settled && consumed === this.consumedAtCheck) this.finish(undefined);
    this.consumedAtCheck = consumed;
  };

  private giveUp(): void {
    this.timedOut = true;
    this.finish(undefined);
  }

  private published(): number {
    return this.publishers.reduce((sum, publisher) => sum + publisher.sent, 0);
  }
}
