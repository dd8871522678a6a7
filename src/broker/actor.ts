// Who asks for a change of the topology: AMQP channels now, the management API later. Rules about
// what a client may do take an Actor, so both reach the same function (invariant 5).

import type { User } from './access.ts';

export interface Actor {
  readonly user: User;
  /** Identity of the connection, compared by reference: owner of exclusive queues. */
  readonly connection: object;
}
