// What Queue.enqueue answers: bits, so that the outcomes of several queues add up.

/** Nothing to wait for. */
export const TAKEN = 0;
/** A confirm for it has to wait for the next commit. */
export const NEEDS_COMMIT = 1;
/** The queue is full and refuses it: the publisher is told (basic.nack). */
export const REJECTED = 2;
