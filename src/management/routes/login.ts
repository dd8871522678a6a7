// Who am I, and how may one log in.

import { json, object } from '../reply.ts';
import { get, type Route } from '../route.ts';

export const loginRoutes: readonly Route[] = [
  get('/whoami', 'auth', (request) => {
    const { name, tags } = request.requester.user;
    return object(request, { name, tags, is_internal_user: true });
  }),
  // No OAuth 2.
  get('/auth', 'none', () =>
    json({ enable_uaa: false, uaa_client_id: '', uaa_location: '', oauth_enabled: false }),
  ),
];
