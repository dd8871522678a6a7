// Bounds of one field table, whoever reads it. RabbitMQ has none; a client that passes them is hostile.

/** Tables and arrays within each other, the outermost counted. */
export const TABLE_DEPTH_MAX = 32;
/** Pairs and array items of a table and all that is nested in it. */
export const TABLE_ENTRIES_MAX = 4096;
