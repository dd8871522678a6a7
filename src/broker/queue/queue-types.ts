// THE list of queue types: what `x-queue-type` may say.

export type QueueTypeName = 'classic' | 'quorum' | 'stream';

export interface QueueType {
  readonly name: QueueTypeName;
  /** How RabbitMQ names the type inside error texts. */
  readonly moduleName: string;
  /** False: a declaration is checked as RabbitMQ checks it and then refused. */
  readonly isSupported: boolean;
  /** True: only durable, shared, lasting queues with a name given by the client. */
  readonly isReplicated: boolean;
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
      isSupported: false,
      isReplicated: true,
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
      replacesActiveConsumer: false,
      allowsGetBesideActiveConsumer: true,
    },
  ],
]);

/** The type of a queue that does not name one. */
export const DEFAULT_QUEUE_TYPE = CLASSIC;
