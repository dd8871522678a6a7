// Who speaks over the local socket: whoever may open it is this machine's administrator, as with rabbitmqctl. Known by
// identity, never by name, so that no stored user can become it.

import type { User } from '../broker/access.ts';

export const localAdministrator: User = Object.freeze({
  name: 'local-administrator',
  tags: Object.freeze(['administrator']) as readonly string[],
});
