// Renders methods.ts: ids, one interface, reader and writer per method, and the table METHODS.

import type { FieldDefinition, MethodDefinition, ProtocolDefinition } from './definition.ts';
import { banner, camelCase, constantCase, pascalCase } from './render-names.ts';

interface NamedMethod extends MethodDefinition {
  readonly fullId: number;
  /** queue.declare-ok */
  readonly dotted: string;
  /** QUEUE_DECLARE_OK */
  readonly constant: string;
  /** QueueDeclareOk */
  readonly typeName: string;
  /** Constants of its replies. */
  readonly replyConstants: readonly string[];
}

export function renderMethods(definition: ProtocolDefinition): string {
  const methods = definition.classes.flatMap((amqpClass) =>
    amqpClass.methods.map(
      (method): NamedMethod => ({
        ...method,
        fullId: amqpClass.id * 0x10000 + method.id,
        dotted: `${amqpClass.name}.${method.name}`,
        constant: `${constantCase(amqpClass.name)}_${constantCase(method.name)}`,
        typeName: pascalCase(amqpClass.name) + pascalCase(method.name),
        replyConstants: method.replies.map(
          (reply) => `${constantCase(amqpClass.name)}_${constantCase(reply)}`,
        ),
      }),
    ),
  );
  return [
    ...banner('Method ids, one interface per method, decodeMethod, encodeMethod, METHODS.'),
    '',
    "import type { ByteReader } from '../byte-reader.ts';",
    "import type { ByteWriter } from '../byte-writer.ts';",
    "import type { FieldTable } from '../field-table.ts';",
    "import { readMethodId, rejectMethod, unknownMethod } from '../method-errors.ts';",
    "import type { MethodSpec } from '../method-spec.ts';",
    '',
    ...definition.classes.map(
      (amqpClass) => `export const CLASS_${constantCase(amqpClass.name)} = ${amqpClass.id};`,
    ),
    '',
    ...methods.map((method) => `export const ${method.constant} = ${hex(method.fullId)};`),
    '',
    ...methods.flatMap(renderInterface),
    'export type Method =',
    ...methods.map((method, i) => `  | ${method.typeName}${i === methods.length - 1 ? ';' : ''}`),
    '',
    ...renderDecode(methods),
    ...methods.flatMap(renderReader),
    ...renderEncode(methods),
    ...methods.filter((method) => method.fields.length > 0).flatMap(renderWriter),
    ...renderSpecs(methods),
    '',
  ].join('\n');
}

function hex(fullId: number): string {
  return `0x${fullId.toString(16).padStart(8, '0')}`;
}

const PROPERTY_TYPES = {
  octet: 'number',
  short: 'number',
  long: 'number',
  longlong: 'number',
  shortstr: 'string',
  longstr: 'Buffer',
  table: 'FieldTable',
  bit: 'boolean',
} as const;

const READ_CALLS = {
  octet: 'octet',
  short: 'short',
  long: 'long',
  longlong: 'longlong',
  shortstr: 'shortString',
  longstr: 'longString',
  table: 'table',
} as const;

const SKIP_CALLS = {
  octet: 'skip(1)',
  short: 'skip(2)',
  long: 'skip(4)',
  longlong: 'skip(8)',
  shortstr: 'skipShortString()',
  longstr: 'skipLongString()',
  table: 'skipLongString()',
} as const;

const WRITE_ZERO_CALLS = {
  octet: 'octet(0)',
  short: 'short(0)',
  long: 'long(0)',
  longlong: 'longlong(0)',
  shortstr: 'octet(0)',
  longstr: 'long(0)',
  table: 'long(0)',
} as const;

function renderInterface(method: NamedMethod): string[] {
  const lines = [
    `/** ${method.dotted} */`,
    `export interface ${method.typeName} {`,
    `  readonly id: typeof ${method.constant};`,
  ];
  for (const field of method.fields) {
    if (field.reserved === true) continue;
    if (field.type === 'longlong') lines.push('  /** Exact up to 2^53. */');
    lines.push(`  readonly ${camelCase(field.name)}: ${PROPERTY_TYPES[field.type]};`);
  }
  lines.push('}', '');
  return lines;
}

function renderDecode(methods: readonly NamedMethod[]): string[] {
  return [
    '/**',
    ' * Reads class id, method id and fields; the reader must end with the method. Throws an AmqpError',
    ' * with class and method id set: 501 when the fields do not decode, 503 when the method is unknown.',
    ' */',
    'export function decodeMethod(reader: ByteReader): Method {',
    '  const id = readMethodId(reader);',
    '  const fieldsStart = reader.position;',
    '  try {',
    '    const method = readFields(id, reader);',
    '    reader.expectEnd();',
    '    return method;',
    '  } catch (error) {',
    '    throw rejectMethod(error, id, reader, fieldsStart);',
    '  }',
    '}',
    '',
    'function readFields(id: number, reader: ByteReader): Method {',
    '  switch (id) {',
    ...methods.flatMap((method) => [
      `    case ${method.constant}:`,
      method.fields.length === 0
        ? `      return { id: ${method.constant} };`
        : `      return read${method.typeName}(reader);`,
    ]),
    '    default:',
    '      throw unknownMethod(id);',
    '  }',
    '}',
    '',
  ];
}

/** Runs of bits share octets, so fields are handled as groups: one field, or up to eight bits. */
function groupFields(fields: readonly FieldDefinition[]): FieldDefinition[][] {
  const groups: FieldDefinition[][] = [];
  for (const field of fields) {
    const last = groups.at(-1);
    if (field.type === 'bit' && last !== undefined && last[0]?.type === 'bit' && last.length < 8) {
      last.push(field);
    } else {
      groups.push([field]);
    }
  }
  return groups;
}

function renderReader(method: NamedMethod): string[] {
  if (method.fields.length === 0) return [];
  const steps: string[] = [];
  const properties: string[] = [];
  let bitOctets = 0;
  for (const group of groupFields(method.fields)) {
    const field = group[0] as FieldDefinition;
    if (field.type === 'bit') {
      const bits = `bits${bitOctets++ === 0 ? '' : bitOctets}`;
      const used = group.some((bit) => bit.reserved !== true);
      steps.push(used ? `  const ${bits} = reader.octet();` : '  reader.skip(1);');
      group.forEach((bit, index) => {
        if (bit.reserved !== true) {
          properties.push(`${camelCase(bit.name)}: (${bits} & ${1 << index}) !== 0`);
        }
      });
    } else if (field.reserved === true) {
      steps.push(`  reader.${SKIP_CALLS[field.type]};`);
    } else {
      // `arguments` is no legal variable name in strict code.
      const variable = field.name === 'arguments' ? 'argumentTable' : camelCase(field.name);
      steps.push(`  const ${variable} = reader.${READ_CALLS[field.type]}();`);
      const property = camelCase(field.name);
      properties.push(property === variable ? property : `${property}: ${variable}`);
    }
  }
  return [
    `function read${method.typeName}(reader: ByteReader): ${method.typeName} {`,
    ...steps,
    '  return {',
    `    id: ${method.constant},`,
    ...properties.map((property) => `    ${property},`),
    '  };',
    '}',
    '',
  ];
}

function renderEncode(methods: readonly NamedMethod[]): string[] {
  return [
    '/** Writes class id, method id and fields (the payload of a method frame). */',
    'export function encodeMethod(writer: ByteWriter, method: Method): void {',
    '  writer.long(method.id);',
    '  switch (method.id) {',
    ...methods
      .filter((method) => method.fields.length > 0)
      .flatMap((method) => [
        `    case ${method.constant}:`,
        `      write${method.typeName}(writer${takesMethod(method) ? ', method' : ''});`,
        '      break;',
      ]),
    '  }',
    '}',
    '',
  ];
}

function takesMethod(method: NamedMethod): boolean {
  return method.fields.some((field) => field.reserved !== true);
}

function renderWriter(method: NamedMethod): string[] {
  const parameters = `writer: ByteWriter${takesMethod(method) ? `, method: ${method.typeName}` : ''}`;
  const lines = [`function write${method.typeName}(${parameters}): void {`];
  for (const group of groupFields(method.fields)) {
    const field = group[0] as FieldDefinition;
    if (field.type === 'bit') {
      const bits = group
        .map((bit, index) =>
          bit.reserved === true ? '' : `(method.${camelCase(bit.name)} ? ${1 << index} : 0)`,
        )
        .filter((bit) => bit !== '');
      lines.push(`  writer.octet(${bits.length === 0 ? '0' : bits.join(' | ')});`);
    } else if (field.reserved === true) {
      lines.push(`  writer.${WRITE_ZERO_CALLS[field.type]};`);
    } else {
      lines.push(`  writer.${READ_CALLS[field.type]}(method.${camelCase(field.name)});`);
    }
  }
  lines.push('}', '');
  return lines;
}

function renderSpecs(methods: readonly NamedMethod[]): string[] {
  const lines = [
    '/** Every method by its id: for dispatch rules, and for tools that speak AMQP by name. */',
    'export const METHODS: ReadonlyMap<number, MethodSpec> = new Map<number, MethodSpec>([',
  ];
  for (const method of methods) {
    lines.push(
      '  [',
      `    ${method.constant},`,
      '    {',
      `      id: ${method.constant},`,
      `      name: '${method.dotted}',`,
      `      from: '${method.from}',`,
      `      isSynchronous: ${method.synchronous},`,
      `      hasContent: ${method.hasContent},`,
      `      replies: [${method.replyConstants.join(', ')}],`,
    );
    if (method.fields.length === 0) lines.push('      fields: [],');
    else {
      lines.push('      fields: [');
      for (const field of method.fields) {
        lines.push(
          `        { name: '${camelCase(field.name)}', wireName: '${field.name}', type: '${field.type}', isReserved: ${field.reserved === true} },`,
        );
      }
      lines.push('      ],');
    }
    lines.push('    },', '  ],');
  }
  lines.push(']);');
  return lines;
}
