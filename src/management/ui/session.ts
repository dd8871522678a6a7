// Who is logged in and what that user may do. The server checks every request anyway: here it only decides what is
// offered. The session itself is a cookie that scripts cannot read.
import { computed, signal } from '@preact/signals';
import { ApiError, errorOf, PAGE_HEADER, request } from './http/request.ts';
import type { PermissionView, Whoami } from './http/views.ts';
import { allows, allowsAny, type PermissionKind } from './message/rights.ts';

export type Right = 'management' | 'policymaker' | 'monitoring' | 'administrator';

/** Undefined until the server was asked, null when nobody is logged in. */
export const user = signal<Whoami | null | undefined>(undefined);
export const loginNotice = signal('');

export const tags = computed<readonly string[]>(() => {
  const value = user.value?.tags ?? [];
  return typeof value === 'string' ? value.split(',').filter((tag) => tag !== '') : value;
});

/** Each tag includes what the ones it stands above may do, as RabbitMQ orders them. */
const INCLUDED: Readonly<Record<Right, readonly string[]>> = {
  management: ['management', 'policymaker', 'monitoring', 'administrator'],
  policymaker: ['policymaker', 'administrator'],
  monitoring: ['monitoring', 'administrator'],
  administrator: ['administrator'],
};

export function may(right: Right): boolean {
  return INCLUDED[right].some((tag) => tags.value.includes(tag));
}

/** Only whoever logged in with this browser before is asked for: anybody else sees the form at once. */
const KNOWN = 'warrenmq.session';

function remember(isKnown: boolean): void {
  try {
    if (isKnown) window.localStorage.setItem(KNOWN, 'yes');
    else window.localStorage.removeItem(KNOWN);
  } catch {
    // A browser that keeps nothing for this site: it logs in again.
  }
}

function isKnown(): boolean {
  try {
    return window.localStorage.getItem(KNOWN) !== null;
  } catch {
    return false;
  }
}

/** Undefined until they are known. */
export const ownPermissions = signal<readonly PermissionView[] | undefined>(undefined);

export const mayDo = (kind: PermissionKind, vhost: string, name: string) =>
  allows(ownPermissions.value, kind, vhost, name);

export const mayDoAny = (kind: PermissionKind, vhost: string) =>
  allowsAny(ownPermissions.value, kind, vhost);

/** The page comes up knowing what to offer. */
async function enter(): Promise<void> {
  const whoami = await request<Whoami>('GET', ['whoami']);
  ownPermissions.value = await request<readonly PermissionView[]>('GET', ['x', 'permissions']);
  user.value = whoami;
}

export async function resumeSession(): Promise<void> {
  if (!isKnown()) {
    user.value = null;
    return;
  }
  try {
    await enter();
  } catch (error) {
    user.value = null;
    remember(false);
    if (!(error instanceof ApiError && error.status === 401)) loginNotice.value = String(error);
  }
}

export async function logIn(username: string, password: string): Promise<void> {
  const response = await fetch('api/login', {
    method: 'POST',
    body: new URLSearchParams({ username, password }),
    headers: { accept: 'application/json', ...PAGE_HEADER },
    credentials: 'same-origin',
  }).catch(() => {
    throw new ApiError(0, 'unreachable', 'The server does not answer.');
  });
  if (!response.ok) throw errorOf(response.status, await response.text());
  loginNotice.value = '';
  remember(true);
  await enter();
}

export async function logOut(): Promise<void> {
  // No page is there any more that could ask for something without a session, nor does one that is loaded meanwhile.
  user.value = undefined;
  remember(false);
  await request('DELETE', ['login']).catch(() => undefined);
  endSession('You are logged out.');
}

export function endSession(notice: string): void {
  if (user.value === null) return;
  remember(false);
  ownPermissions.value = undefined;
  user.value = null;
  loginNotice.value = notice;
}

/** For every request of a page: one that finds nobody logged in leads back to the form, with a word why. */
export function noticeLostSession(error: unknown): void {
  if (error instanceof ApiError && error.isSessionLost) {
    endSession('Your session has ended. Please log in again.');
  }
}
