// What the logged-in user's own permissions allow, as far as a browser can tell: the broker decides. What cannot be told is
// allowed here, so that nothing is hidden that would work.
import type { PermissionView } from '../http/views.ts';

export type PermissionKind = 'configure' | 'write' | 'read';

/** In patterns the default exchange has this name. */
const DEFAULT_EXCHANGE = 'amq.default';

export function allows(
  permissions: readonly PermissionView[] | undefined,
  kind: PermissionKind,
  vhost: string,
  name: string,
): boolean {
  if (permissions === undefined) return true;
  const pattern = permissions.find((permission) => permission.vhost === vhost)?.[kind] ?? '';
  if (pattern === '') return false;
  try {
    return new RegExp(pattern).test(name === '' ? DEFAULT_EXCHANGE : name);
  } catch {
    // A pattern of another dialect.
    return true;
  }
}

/** Anything at all, in one vhost or, with the empty text, in any. */
export function allowsAny(
  permissions: readonly PermissionView[] | undefined,
  kind: PermissionKind,
  vhost: string,
): boolean {
  if (permissions === undefined) return true;
  return permissions.some((one) => (vhost === '' || one.vhost === vhost) && one[kind] !== '');
}
