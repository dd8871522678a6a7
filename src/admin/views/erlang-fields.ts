// Fields of RabbitMQ's objects that only Erlang fills, and that its clients want all the same.

export const GARBAGE_COLLECTION = {
  fullsweep_after: 0,
  max_heap_size: 0,
  min_bin_vheap_size: 0,
  min_heap_size: 0,
  minor_gcs: 0,
};

export const NO_REDUCTIONS = { reductions: 0, reductions_details: { rate: 0 } };
