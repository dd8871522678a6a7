// rabbitmqctl's words and exit codes for what is missing.

import { isStatus } from '../api-client.ts';
import { type ApiPath, apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { type AdminExitCode, adminExitCodes } from '../exit-codes.ts';
import { printable } from '../output/printable.ts';
import type { View } from '../output/view.ts';
import type { CtlWorld } from './ctl-call.ts';

export function noSuchUser(user: string): CommandError {
  return new CommandError(adminExitCodes.noSuchUser, `User "${printable(user)}" does not exist`);
}

export function noSuchVhost(vhost: string): CommandError {
  const text = `Virtual host '${printable(vhost)}' does not exist`;
  return new CommandError(adminExitCodes.badData, text);
}

/** The user, or the error of rabbitmqctl. */
export async function requireUser({ api }: CtlWorld, user: string): Promise<View> {
  const found = await api.find<View>(apiPath`/api/users/${user}`);
  if (found === undefined) throw noSuchUser(user);
  return found;
}

export async function requireVhost({ api }: CtlWorld, vhost: string): Promise<View> {
  const found = await api.find<View>(apiPath`/api/vhosts/${vhost}`);
  if (found === undefined) throw noSuchVhost(vhost);
  return found;
}

/** Deletes, or throws what rabbitmqctl says of a thing that is not there. */
export async function deleteOr(
  { api }: CtlWorld,
  path: ApiPath,
  code: AdminExitCode,
  text: string,
): Promise<void> {
  try {
    await api.delete(path);
  } catch (error) {
    throw isStatus(error, 404) ? new CommandError(code, text) : error;
  }
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(adminExitCodes.unavailable, `JSON decoding error. Reason: ${reason}`);
  }
}
