// Users and their passwords.

import { permissionList, topicPermissionList } from '../../admin/permissions.ts';
import {
  deleteUser,
  passwordHash,
  putUser,
  userByName,
  userList,
  usersWithoutPermissions,
  withPreparedUser,
} from '../../admin/users.ts';
import type { ApiRequest } from '../api-request.ts';
import { badRequest, HttpError, httpErrorOf } from '../http-error.ts';
import { requireKeys, textField } from '../json-fields.ts';
import { json, list, noContent, object, type Reply, stored } from '../reply.ts';
import { del, get, post, put, type Route } from '../route.ts';

export const userRoutes: readonly Route[] = [
  get('/users', 'admin', (request) => list(request, userList(request.node))),
  get('/users/without-permissions', 'admin', (request) => {
    return list(request, usersWithoutPermissions(request.node));
  }),
  post('/users/bulk-delete', 'admin', bulkDelete),
  get('/users/:user', 'admin', (request) => {
    return object(request, userByName(request.node, request.parameter('user')));
  }),
  put('/users/:user', 'admin', async (request) => {
    const { node } = request;
    const isNew = await withPreparedUser(node, await request.body(), (user) =>
      request.change(() => putUser(node, request.parameter('user'), user)),
    );
    return stored(isNew);
  }),
  del('/users/:user', 'admin', async (request) => {
    await request.change(() => deleteUser(request.node, request.parameter('user')));
    return noContent();
  }),
  get('/users/:user/permissions', 'admin', (request) => {
    return list(request, permissionList(request.node, { user: request.parameter('user') }));
  }),
  get('/users/:user/topic-permissions', 'admin', (request) => {
    return list(request, topicPermissionList(request.node, { user: request.parameter('user') }));
  }),

  get('/auth/hash_password/:password', 'admin', async (request) => {
    return json({ ok: await passwordHash(request.node, request.parameter('password')) });
  }),
  // So that no password stands in a path, which logs keep.
  {
    ...put('/auth/hash_password', 'admin', async (request) => {
      const body = await request.body();
      requireKeys(body, ['password']);
      const password = textField(body, 'password') ?? '';
      return json({ password_hash: await passwordHash(request.node, password) });
    }),
    isQuiet: true,
  },
];

/** Those before an unknown name are deleted, as in RabbitMQ. */
async function bulkDelete(request: ApiRequest): Promise<Reply> {
  const body = await request.body();
  requireKeys(body, ['users']);
  const { users } = body;
  if (!Array.isArray(users) || !users.every((name) => typeof name === 'string')) {
    throw badRequest('users should be a list of names');
  }
  for (const name of users) {
    await request
      .change(() => deleteUser(request.node, name))
      .catch((error: unknown) => {
        const known = httpErrorOf(error);
        throw known?.status === 404
          ? new HttpError(400, 'bad_request', `no_such_user: ${name}`)
          : error;
      });
  }
  return noContent();
}
