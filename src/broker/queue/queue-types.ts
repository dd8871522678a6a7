// THE list of queue types: what `x-queue-type` may say. Where types differ, the rule asks a field here.
// A quorum queue has one member, on this node: a majority is its commit to the disk.

export type QueueTypeName = 'classic' | 'quorum' | 'stream';

export interface QueueType {
  readonly name: QueueTypeName;
  /** How RabbitMQ names the type inside error texts. */
  readonly moduleName: string;
  /** False: a declaration is checked as RabbitMQ checks it and then refused. */
  readonly isSupported: boolean;
  /** True: only durable, shared, lasting queues with a name given by the client. */
  readonly isReplicated: boolean;
  /** Transient messages are kept as persistent ones. */
  readonly persistsEverything: boolean;
  /** False: the exclusive flag of a consumer is ignored. */
  readonly hasExclusiveConsumers: boolean;
  /** False: no consumer on a channel with a prefetch count for all of its consumers. */
  readonly allowsGlobalQos: boolean;
  /** What a consumer without a prefetch count may have unacked. */
  readonly defaultPrefetchCount: number;
  /** False: it cannot be deleted on the condition that it is unused or empty. */
  readonly allowsConditionalDelete: boolean;
  /** How often a message may be given back, of a queue that does not say so; undefined: nobody counts. */
  readonly defaultDeliveryLimit: number | undefined;
  /** Single active consumer: a newcomer of higher priority takes over from the active one. */
  readonly replacesActiveConsumer: boolean;
  /** Single active consumer: basic.get is allowed beside it. */
  readonly allowsGetBesideActiveConsumer: boolean;
}

const CLASSIC: QueueType = {
  name: 'classic',
  moduleName: 'rabbit_classic_queue',
  isSupported: true,
  isReplicated: false,
  persistsEverything: false,
  hasExclusiveConsumers: true,
  allowsGlobalQos: true,
  defaultPrefetchCount: Number.POSITIVE_INFINITY,
  allowsConditionalDelete: true,
  defaultDeliveryLimit: undefined,
  replacesActiveConsumer: false,
  allowsGetBesideActiveConsumer: true,
};

export const QUEUE_TYPES: ReadonlyMap<string, QueueType> = new Map<string, QueueType>([
  ['classic', CLASSIC],
  [
    'quorum',
    {
      name: 'quorum',
      moduleName: 'rabbit_quorum_queue',
      isSupported: true,
      isReplicated: true,
      persistsEverything: true,
      hasExclusiveConsumers: false,
      allowsGlobalQos: false,
      defaultPrefetchCount: 2000,
      allowsConditionalDelete: false,
      // RabbitMQ's since 4.0.
      defaultDeliveryLimit: 20,
      replacesActiveConsumer: true,
      allowsGetBesideActiveConsumer: false,
    },
  ],
  [
    'stream',
    {
      name: 'stream',
      moduleName: 'rabbit_stream_queue',
      isSupported: false,
      isReplicated: true,
      persistsEverything: true,
      hasExclusiveConsumers: false,
      allowsGlobalQos: false,
      defaultPrefetchCount: Number.POSITIVE_INFINITY,
      allowsConditionalDelete: false,
      defaultDeliveryLimit: undefined,
      replacesActiveConsumer: false,
      allowsGetBesideActiveConsumer: true,
    },
  ],
]);

/** The type of a queue that does not name one. */
export const DEFAULT_QUEUE_TYPE = CLASSIC;
