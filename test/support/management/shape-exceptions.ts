// In what our answers differ from RabbitMQ's on purpose, wherever it is.

/** Paths of keys that are not in our answers, and why. */
export const ABSENT: readonly RegExp[] = [
  // Not said of a channel or queue that was active in the last seconds.
  /idle_since$/,
  // A policy that is not there has no name.
  /\.policy$/,
  // Only Erlang counts them: there is nothing to be sampled.
  /\.reductions_details\.(samples|avg|avg_rate)$/,
];

/** A type that RabbitMQ gives here and we do not. */
export const OTHER_TYPES: readonly RegExp[] = [
  // Always a table, never an empty list.
  /\.(ssl_opts|socket_opts)$/,
  // Null in RabbitMQ's lists, an empty text in its single objects.
  /\.(ssl_\w+|peer_cert_\w+)$/,
  // A broker in memory has no configuration file.
  /\.config_files$/,
  // Named when there is one.
  /\.(policy|operator_policy|exclusive_consumer_tag|single_active_consumer_\w+|head_message_timestamp)$/,
];
