// The one home of bounds on what a client can make grow (invariant 7). Reaching one is an AmqpError
// with a clear text, and a test.

export interface Limits {
  readonly vhostsMax: number;
  readonly exchangesPerVhostMax: number;
  readonly queuesPerVhostMax: number;
  /** Over all exchanges of the vhost, exchange-to-exchange bindings included. */
  readonly bindingsPerVhostMax: number;
  /** Messages that one exchange of type x-recent-history remembers. */
  readonly exchangeHistoryBytesMax: number;
  /** Operator policies included: a declaration is held against each. */
  readonly policiesPerVhostMax: number;
}

/** Deliveries of one channel that were requeued for being late, remembered for their late acknowledgements. */
export const LATE_TAGS_MAX = 1_000;

export const DEFAULT_LIMITS: Limits = {
  vhostsMax: 10_000,
  exchangesPerVhostMax: 100_000,
  queuesPerVhostMax: 1_000_000,
  bindingsPerVhostMax: 5_000_000,
  exchangeHistoryBytesMax: 16 << 20,
  policiesPerVhostMax: 10_000,
};

/** Keys that one deduplication window may be asked to remember. */
export const DEDUPLICATION_CACHE_SIZE_MAX = 1_000_000;
