// The users and vhosts that conversations need, in the format of RabbitMQ's definitions, so that the
// same file prepares the oracle (`rabbitmqctl import_definitions`) and our own broker.
import { readFileSync } from 'node:fs';

export interface Definitions {
  readonly vhosts: ReadonlyArray<{ readonly name: string }>;
  readonly users: ReadonlyArray<{
    readonly name: string;
    readonly password_hash: string;
    readonly tags: string;
  }>;
  readonly permissions: ReadonlyArray<{
    readonly user: string;
    readonly vhost: string;
    readonly configure: string;
    readonly write: string;
    readonly read: string;
  }>;
}

const FILE = new URL('../../conversations/definitions.json', import.meta.url);

export function readDefinitions(): Definitions {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Definitions;
}
