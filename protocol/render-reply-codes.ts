// Renders reply-codes.ts: one constant per code, and the table of names and scopes.

import type { ProtocolDefinition } from './definition.ts';
import { banner } from './render-names.ts';

export function renderReplyCodes(definition: ProtocolDefinition): string {
  const lines = [...banner('Reply codes, their names, and whether they close the connection.'), ''];
  for (const { code, name } of definition.replyCodes) lines.push(`export const ${name} = ${code};`);
  lines.push(
    '',
    'export interface ReplyCodeSpec {',
    '  readonly code: number;',
    '  readonly name: string;',
    '  /** True when RabbitMQ closes the connection with it, false when only the channel. */',
    '  readonly isHard: boolean;',
    '}',
    '',
    'export const REPLY_CODES: ReadonlyMap<number, ReplyCodeSpec> = new Map([',
  );
  for (const { code, name, scope } of definition.replyCodes) {
    lines.push(`  [${name}, { code: ${code}, name: '${name}', isHard: ${scope === 'hard'} }],`);
  }
  lines.push(']);', '');
  return lines.join('\n');
}
