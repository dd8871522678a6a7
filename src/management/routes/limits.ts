// Limits of vhosts and users.

import {
  clearUserLimit,
  clearVhostLimit,
  setUserLimit,
  setVhostLimit,
  userLimitList,
  vhostLimitList,
} from '../../admin/limits.ts';
import { mayMonitor } from '../../admin/requester.ts';
import { NotFoundError } from '../../util/request-errors.ts';
import { badRequest } from '../http-error.ts';
import { requiredField } from '../json-fields.ts';
import { list, noContent } from '../reply.ts';
import { del, get, put, type Route } from '../route.ts';

export const limitRoutes: readonly Route[] = [
  get('/vhost-limits', 'auth', (request) => {
    return list(request, vhostLimitList(request.node, request.requester));
  }),
  get('/vhost-limits/:vhost', 'visible', (request) => {
    const { node, requester } = request;
    return list(request, vhostLimitList(node, requester, request.parameter('vhost')));
  }),
  put('/vhost-limits/:vhost/:limit', 'admin', async (request) => {
    const value = requiredField(await request.body(), 'value');
    await request.changeParameter(() =>
      setVhostLimit(request.node, request.parameter('vhost'), request.parameter('limit'), value),
    );
    return noContent();
  }),
  del('/vhost-limits/:vhost/:limit', 'admin', async (request) => {
    await request.changeParameter(() =>
      clearVhostLimit(request.node, request.parameter('vhost'), request.parameter('limit')),
    );
    return noContent();
  }),

  get('/user-limits', 'auth', (request) => {
    const { node, requester } = request;
    return list(
      request,
      userLimitList(node, mayMonitor(requester) ? undefined : requester.user.name),
    );
  }),
  get('/user-limits/:user', 'own', (request) => {
    request.requireOwner(request.parameter('user'));
    return list(request, userLimitList(request.node, request.parameter('user')));
  }),
  put('/user-limits/:user/:limit', 'admin', async (request) => {
    const value = requiredField(await request.body(), 'value');
    const user = request.parameter('user');
    try {
      await request.change(() => {
        setUserLimit(request.node, user, request.parameter('limit'), value);
      });
    } catch (error) {
      throw error instanceof NotFoundError ? badRequest(`no_such_user: ${user}`) : error;
    }
    return noContent();
  }),
  del('/user-limits/:user/:limit', 'admin', async (request) => {
    await request.change(() =>
      clearUserLimit(request.node, request.parameter('user'), request.parameter('limit')),
    );
    return noContent();
  }),
];
