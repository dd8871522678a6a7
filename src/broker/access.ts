// Who may do what, as the core asks it. The rules "which method needs which permission" live in the
// handlers; the answer for one user and one name comes from `auth/`.

export type Permission = 'configure' | 'write' | 'read';

/** What a topic permission is about: publishing with a routing key, binding with one. */
export type TopicPermission = 'write' | 'read';

/** What an operator may bound for a user, in RabbitMQ's words. */
export type UserLimit = 'max-connections' | 'max-channels';

/** An authenticated user. */
export interface User {
  readonly name: string;
  /** RabbitMQ's user tags; only `impersonator` matters to AMQP itself. */
  readonly tags: readonly string[];
}

/** From where and over which protocol a login comes. Only the socket says so, never what a peer claims. */
export interface LoginOrigin {
  readonly protocol: 'amqp091' | 'http';
  readonly address: string;
  /** The loopback_users rule applies to all others. */
  readonly isLoopback: boolean;
}

export interface Access {
  /**
   * Checks a name and password. Calls back, at once or later, with the user, or undefined when the login is refused (the reason goes to the log, never to the client).
   */
  authenticate(
    name: string,
    password: Buffer,
    origin: LoginOrigin,
    callback: (user: User | undefined) => void,
  ): void;
  /** True when the user has a permission row for the vhost (RabbitMQ's rule for connection.open). */
  mayUseVhost(user: User, vhost: string): boolean;
  /** True when the user's pattern of that permission in the vhost matches `name`. */
  allows(user: User, vhost: string, permission: Permission, name: string): boolean;
  /** False: every routing key of that topic exchange is allowed. */
  restrictsTopics(user: User, vhost: string, exchange: string): boolean;
  /** True when the user may use that routing key with the topic exchange. */
  allowsTopic(
    user: User,
    vhost: string,
    exchange: string,
    permission: TopicPermission,
    routingKey: string,
  ): boolean;
  /** Infinity: no limit. */
  userLimit(user: User, limit: UserLimit): number;
  /** Increased whenever an answer may have changed: caches of answers are then void. */
  readonly revision: number;
}
