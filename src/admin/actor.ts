// An operator as the broker's rules see one: a user with a connection of its own, which owns nothing.

import type { Actor } from '../broker/actor.ts';
import type { Requester } from './requester.ts';

export function actorOf({ user }: Requester): Actor {
  return { user, connection: {} };
}
