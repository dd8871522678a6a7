// Fields of a request's body, with RabbitMQ's texts for those that are wrong.

import { badRequest } from './http-error.ts';
import type { JsonBody } from './json-body.ts';

/** Where Erlang's printer begins to break a list into lines. */
const LINE_MAX = 60;

/** All that are missing are named. */
export function requireKeys(body: JsonBody, keys: readonly string[]): void {
  const missing = keys.filter((key) => !Object.hasOwn(body, key));
  if (missing.length === 0) return;
  const terms = missing.map((key) => `{key_missing,${erlangAtom(key)}}`);
  const line = `[${terms.join(',')}]`;
  throw badRequest(line.length <= LINE_MAX ? line : `[${terms.join(',\n ')}]`);
}

function erlangAtom(key: string): string {
  return /^[a-z][\w@]*$/.test(key) ? key : `'${key}'`;
}

export function requiredField(body: JsonBody, key: string): unknown {
  requireKeys(body, [key]);
  return body[key];
}

/** `true`, `false`, or these as texts, as rabbitmqadmin sends them. */
export function booleanField(body: JsonBody, key: string, standard: boolean): boolean {
  const value = field(body, key);
  if (value === undefined) return standard;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw badRequest(`not_boolean: ${shown(value)}`);
}

export function textField(body: JsonBody, key: string): string | undefined {
  const value = field(body, key);
  if (value === undefined || typeof value === 'string') return value;
  throw badRequest(`${key} should be a string, not ${shown(value)}`);
}

/** An integer, or its digits as a text. */
export function integerField(body: JsonBody, key: string): number | undefined {
  const value = field(body, key);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) return Number(value);
  throw badRequest(`${key} should be an integer, not ${shown(value)}`);
}

/** No table at all is an empty one. */
export function objectField(body: JsonBody, key: string): JsonBody {
  const value = field(body, key);
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonBody;
  // What Erlang clients send for an empty table.
  if (Array.isArray(value) && value.length === 0) return {};
  throw badRequest(`${key} should be an object, not ${shown(value)}`);
}

/** What the body itself has; nothing that objects inherit. */
export function field(body: JsonBody, key: string): unknown {
  return Object.hasOwn(body, key) ? body[key] : undefined;
}

const SHOWN_LENGTH_MAX = 200;

export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}...`;
}
