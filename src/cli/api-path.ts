// Paths of the API: apiPath`/api/queues/${vhost}/${queue}` encodes each name, and says later what it names.

import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import { printable } from './output/printable.ts';

export class ApiPath {
  /** As it goes on the wire. Never through `URL`: that takes a queue named `..` for a step upward. */
  readonly encoded: string;
  /** What the path names, such as "queue 'orders' in vhost '/'". */
  readonly subject: string;

  constructor(encoded: string, subject: string) {
    this.encoded = encoded;
    this.subject = subject;
  }
}

/** Throws a CommandError for an empty name: it would make another path, of something larger. */
export function apiPath(texts: TemplateStringsArray, ...names: readonly string[]): ApiPath {
  if (names.includes('')) throw new CommandError(adminExitCodes.usage, 'a name cannot be empty');
  const encoded = texts.reduce(
    (path, text, index) => path + encodeURIComponent(names[index - 1] ?? '') + text,
  );
  return new ApiPath(encoded, subjectOf(encoded.split('/').slice(2).map(decodeURIComponent)));
}

/** The API calls the exchange without a name so. */
export const exchangeSegment = (name: string): string => (name === '' ? 'amq.default' : name);

function subjectOf(segments: readonly string[]): string {
  const [resource = '', ...names] = segments[0] === 'x' ? segments.slice(1) : segments;
  const quoted = names.map((name) => `'${printable(name)}'`);
  const [first, second, third] = quoted;
  if (first === undefined) return resource;
  if (resource === 'bindings' && quoted.length >= 5) {
    return `binding from ${third} to ${quoted[4]} in vhost ${first}`;
  }
  const inVhost: Readonly<Record<string, string>> = {
    queues: 'queue',
    exchanges: 'exchange',
    policies: 'policy',
    'operator-policies': 'operator policy',
  };
  const noun = inVhost[resource];
  if (noun !== undefined && second !== undefined) return `${noun} ${second} in vhost ${first}`;
  if (noun !== undefined) return `vhost ${first}`;
  if (/^(?:topic-)?permissions$/.test(resource)) {
    return `permissions of user ${second} in vhost ${first}`;
  }
  const alone: Readonly<Record<string, string>> = {
    vhosts: 'vhost',
    users: 'user',
    connections: 'connection',
    channels: 'channel',
    nodes: 'node',
    'vhost-limits': 'vhost',
    'user-limits': 'user',
    definitions: 'vhost',
    consumers: 'vhost',
  };
  return `${alone[resource] ?? resource} ${first}`;
}
