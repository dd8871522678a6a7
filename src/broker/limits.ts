// The one home of bounds on what a client can make grow (invariant 7). Reaching one is an AmqpError
// with a clear text, and a test.

export interface Limits {
  readonly vhostsMax: number;
  readonly exchangesPerVhostMax: number;
  readonly queuesPerVhostMax: number;
  /** Over all exchanges of the vhost, exchange-to-exchange bindings included. */
  readonly bindingsPerVhostMax: number;
}

export const DEFAULT_LIMITS: Limits = {
  vhostsMax: 10_000,
  exchangesPerVhostMax: 100_000,
  queuesPerVhostMax: 1_000_000,
  bindingsPerVhostMax: 5_000_000,
};

/** Keys that one deduplication window may be asked to remember. */
export const DEDUPLICATION_CACHE_SIZE_MAX = 1_000_000;
