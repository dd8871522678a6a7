// Turns the protocol definition into the text of the generated files. Pure, so that a test can tell
// whether the committed files are up to date.

import type { ProtocolDefinition } from './definition.ts';
import { renderMethods } from './render-methods.ts';
import { renderReplyCodes } from './render-reply-codes.ts';

/** The definition's path, from the root of the repository. */
export const DEFINITION_PATH = 'protocol/amqp-0-9-1.json';

/** Path (from the root of the repository) → text of each generated file. */
export function renderProtocol(definition: ProtocolDefinition): ReadonlyMap<string, string> {
  return new Map([
    ['src/protocol/generated/methods.ts', renderMethods(definition)],
    ['src/protocol/generated/reply-codes.ts', renderReplyCodes(definition)],
  ]);
}
