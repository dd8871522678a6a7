// Declares what a run needs (exchange, queues, bindings) and deletes it again, over one control connection, with a
// window of requests in flight.
import type { ClientConnection } from './client-connection.ts';
import { type ArgumentValue, FrameEncoder, methodId } from './frame-encoder.ts';
import type { PerfOptions } from './perf-options.ts';
import { groupOf } from './publish-ring.ts';

const requestsInFlight = 100;

export interface DeclaredTopology {
  /** Messages that were waiting in the queues already. */
  readonly readyMessages: number;
  readonly bindSeconds: number;
}

/** Topic keys of three words; all of one length, so that a ring's messages are. */
function topicWords(index: number): string {
  const high = String(Math.floor(index / 100)).padStart(3, '0');
  return `r.${high}.${String(index % 100).padStart(3, '0')}`;
}

/** What the producers publish with; the queue's name where there is no exchange. */
export function routingKeysOf(options: PerfOptions, producer: number): string[] {
  if (options.exchange === '') return [queueOf(options, producer)];
  if (options.keys === 0) return [options.routingKey];
  return Array.from({ length: options.keys }, (_, index) => `${topicWords(index)}.x`);
}

/** Producer and consumer i work with queue i modulo the number of queues. */
export function queueOf(options: PerfOptions, index: number): string {
  return options.queueNames[index % options.queueNames.length] ?? '';
}

/** Consumers get what dies in the queues, when that is asked for. */
export function consumedQueueOf(options: PerfOptions, index: number): string {
  return options.deadLetterQueue === '' ? queueOf(options, index) : options.deadLetterQueue;
}

interface WantedBinding {
  readonly key: string;
  readonly arguments: Record<string, ArgumentValue>;
}

/** One of `--bindings`, by the type of the exchange; each message matches one. */
function bindingOf(options: PerfOptions, index: number): WantedBinding {
  if (options.bindings === 0) return { key: options.routingKey, arguments: {} };
  if (options.type === 'headers') {
    return { key: '', arguments: { 'x-match': 'all', 'group-id': groupOf(index) } };
  }
  // The routing key of a consistent hash is the weight.
  const isHash = options.type === 'x-consistent-hash';
  return { key: isHash ? '1' : `${topicWords(index)}.*`, arguments: {} };
}

export async function declareTopology(
  control: ClientConnection,
  options: PerfOptions,
): Promise<DeclaredTopology> {
  const { exchange, predeclared, queueNames, bindings, deadLetterQueue } = options;
  const own = !predeclared && exchange !== '';
  if (own) await declareExchange(control, options);
  let readyMessages = 0;
  for (const queue of deadLetterQueue === '' ? queueNames : [deadLetterQueue, ...queueNames]) {
    const encoder = new FrameEncoder();
    encodeQueueDeclare(encoder, queue, options);
    const reply = await control.call(encoder.bytes(), methodId.queueDeclareOk);
    const ready = reply.readUInt32BE(5 + reply[4]!);
    if (options.purge) await purge(control, queue);
    else readyMessages += ready;
  }
  if (!own) return { readyMessages, bindSeconds: 0 };
  const started = performance.now();
  const count = bindings > 0 ? bindings : queueNames.length;
  await pipelined(control, count, requestsInFlight, methodId.queueBindOk, (encoder, index) => {
    encoder.beginMethod(1, methodId.queueBind).short(0).shortString(queueOf(options, index));
    const binding = bindingOf(options, index);
    encoder.shortString(exchange).shortString(binding.key).octet(0);
    encoder.table(binding.arguments).endFrame();
  });
  return { readyMessages, bindSeconds: (performance.now() - started) / 1000 };
}

export async function deleteTopology(
  control: ClientConnection,
  options: PerfOptions,
): Promise<void> {
  await deleteQueues(control, options, requestsInFlight);
  if (options.deadLetterQueue !== '') {
    const encoder = new FrameEncoder().beginMethod(1, methodId.queueDelete).short(0);
    encoder.shortString(options.deadLetterQueue).octet(0).endFrame();
    await control.call(encoder.bytes(), methodId.queueDeleteOk);
  }
  if (options.exchange === '' || options.exchange.startsWith('amq.')) return;
  const encoder = new FrameEncoder().beginMethod(1, methodId.exchangeDelete).short(0);
  encoder.shortString(options.exchange).octet(0).endFrame();
  await control.call(encoder.bytes(), methodId.exchangeDeleteOk);
}

export async function declareQueues(
  control: ClientConnection,
  options: PerfOptions,
  window: number,
): Promise<void> {
  const count = options.queueNames.length;
  await pipelined(control, count, window, methodId.queueDeclareOk, (encoder, index) =>
    encodeQueueDeclare(encoder, queueOf(options, index), options),
  );
}

export async function deleteQueues(
  control: ClientConnection,
  options: PerfOptions,
  window: number,
): Promise<void> {
  const count = options.queueNames.length;
  await pipelined(control, count, window, methodId.queueDeleteOk, (encoder, index) => {
    encoder.beginMethod(1, methodId.queueDelete).short(0);
    encoder.shortString(queueOf(options, index)).octet(0).endFrame();
  });
}

async function declareExchange(control: ClientConnection, options: PerfOptions): Promise<void> {
  const encoder = new FrameEncoder().beginMethod(1, methodId.exchangeDeclare).short(0);
  encoder.shortString(options.exchange).shortString(options.type);
  encoder
    .octet((options.durable ? 2 : 0) | (options.autoDelete ? 4 : 0))
    .table({})
    .endFrame();
  await control.call(encoder.bytes(), methodId.exchangeDeclareOk);
}

async function purge(control: ClientConnection, queue: string): Promise<void> {
  const encoder = new FrameEncoder().beginMethod(1, methodId.queuePurge).short(0);
  encoder.shortString(queue).octet(0).endFrame();
  await control.call(encoder.bytes(), methodId.queuePurgeOk);
}

function encodeQueueDeclare(encoder: FrameEncoder, queue: string, options: PerfOptions): void {
  const { predeclared, durable, autoDelete, deadLetterQueue, queueArguments } = options;
  const ownArguments = queue === deadLetterQueue ? {} : queueArguments;
  encoder.beginMethod(1, methodId.queueDeclare).short(0).shortString(queue);
  if (predeclared) encoder.octet(1).table({});
  else encoder.octet((durable ? 2 : 0) | (autoDelete ? 8 : 0)).table(ownArguments);
  encoder.endFrame();
}

/** `count` requests, `window` of them in one write, then their replies. */
async function pipelined(
  control: ClientConnection,
  count: number,
  window: number,
  reply: number,
  encode: (encoder: FrameEncoder, index: number) => void,
): Promise<void> {
  for (let first = 0; first < count; first += window) {
    const size = Math.min(window, count - first);
    const encoder = new FrameEncoder();
    for (let offset = 0; offset < size; offset++) encode(encoder, first + offset);
    await control.call(encoder.bytes(), reply, size);
  }
}
