// Messages as the API gives and takes them: what people see of one, and what makes one.

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { adminExitCodes } from './exit-codes.ts';
import { keyValue, wholeNumber } from './option-values.ts';
import { bytesText, durationText } from './output/cell.ts';
import type { Output } from './output/output.ts';
import { printable, printableJson, printableLines } from './output/printable.ts';
import { at, countAt, isView, textAt, type View } from './output/view.ts';
import { readInput } from './prompt.ts';
import type { Terminal } from './terminal.ts';

export interface PublishFlags {
  readonly file?: string;
  readonly header?: View;
  readonly property?: View;
  readonly persistent?: boolean;
  readonly count?: number;
}

export function addPublishOptions(command: Command): Command {
  return command
    .option('--file <file>', 'payload from a file; - is standard input')
    .option('--header <key=value>', 'header; JSON values keep their type (repeat)', keyValue)
    .option(
      '--property <key=value>',
      'property, such as content_type=text/plain (repeat)',
      keyValue,
    )
    .option('--persistent', 'delivery_mode 2')
    .option('--count <count>', 'publish it so many times', wholeNumber(1, 1_000_000));
}

/** The body of the API's publish request. */
export async function publishBody(
  terminal: Terminal,
  routingKey: string,
  payload: string | undefined,
  flags: PublishFlags,
): Promise<View> {
  const bytes = await payloadBytes(terminal, payload, flags.file);
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  return {
    routing_key: routingKey,
    payload: isText ? text : bytes.toString('base64'),
    payload_encoding: isText ? 'string' : 'base64',
    properties: {
      ...(flags.persistent === true && { delivery_mode: 2 }),
      ...flags.property,
      ...(flags.header && { headers: flags.header }),
    },
  };
}

async function payloadBytes(
  terminal: Terminal,
  payload: string | undefined,
  file: string | undefined,
): Promise<Buffer> {
  if (payload !== undefined && file !== undefined) {
    throw new CommandError(adminExitCodes.usage, 'either a payload or --file, not both');
  }
  if (payload !== undefined) return Buffer.from(payload);
  if (file === '-' || (file === undefined && !terminal.isInputTerminal)) return readInput(terminal);
  if (file === undefined) {
    const text = 'no payload: give it as an argument, with --file, or on standard input';
    throw new CommandError(adminExitCodes.usage, text);
  }
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new CommandError(adminExitCodes.usage, `${file} cannot be read (${reason})`);
  }
}

/** Each message with what surrounds it. `isRaw`: the payloads alone, byte by byte. */
export function showMessages(output: Output, messages: readonly View[], isRaw: boolean): void {
  if (output.isJson) {
    output.json(messages);
    return;
  }
  for (const message of messages) {
    if (isRaw) output.bytes(payloadOf(message));
    else showMessage(output, message);
  }
  if (messages.length === 0) output.note('No messages.');
}

function showMessage(output: Output, message: View): void {
  const { style } = output;
  const offset = at(message, 'offset');
  const ageMs = at(message, 'age_ms');
  const notes = [
    ...(typeof offset === 'number' ? [`#${offset}`] : []),
    `${style.faint('from')} ${printable(textAt(message, 'exchange')) || '(default exchange)'}`,
    `${style.faint('key')} ${printable(textAt(message, 'routing_key'))}`,
    bytesText(countAt(message, 'payload_bytes')),
    ...(typeof ageMs === 'number' ? [`${durationText(ageMs)} old`] : []),
    ...(at(message, 'redelivered') === true ? [style.warning('redelivered')] : []),
  ];
  output.text(`${style.heading('──')} ${notes.join('  ')}\n`);
  const properties = at(message, 'properties');
  if (isView(properties) && Object.keys(properties).length > 0) {
    for (const [name, value] of Object.entries(properties)) {
      const text = typeof value === 'string' ? printable(value) : printableJson(value, 0);
      output.text(`${style.faint(`${printable(name)}:`)} ${text}\n`);
    }
  }
  const isText = textAt(message, 'payload_encoding') !== 'base64';
  const payload = textAt(message, 'payload');
  output.text(isText ? `${printableLines(payload)}\n` : `${style.faint('base64')} ${payload}\n`);
}

function payloadOf(message: View): Buffer {
  const encoding = textAt(message, 'payload_encoding') === 'base64' ? 'base64' : 'utf8';
  return Buffer.from(textAt(message, 'payload'), encoding);
}
