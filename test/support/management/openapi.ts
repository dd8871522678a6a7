// protocol/management-openapi.json, and whether a value is as one of its schemas says.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

interface Schema {
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export interface Operation {
  readonly 'x-access': string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: Content }>
  >;
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, { readonly content: Content }>>;
  };
}

const file = new URL('../../../protocol/management-openapi.json', import.meta.url);
export const descriptionText = readFileSync(file, 'utf8');
export const description = JSON.parse(descriptionText) as Description;

export const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

/** The same schema without room for what it does not name. Parts of a whole cannot say what is not in the whole. */
function closed(schema: Schema, isWhole: boolean): Schema {
  const { properties, items, allOf, anyOf, $ref } = schema;
  const isNamed = [properties, allOf, anyOf, $ref].some((part) => part !== undefined);
  return {
    ...schema,
    ...(properties && { properties: mapped(properties, (one) => closed(one, true)) }),
    ...(items && { items: closed(items, true) }),
    ...(allOf && { allOf: allOf.map((one) => closed(one, false)) }),
    ...(anyOf && { anyOf: anyOf.map((one) => closed(one, false)) }),
    ...(isWhole && isNamed && { unevaluatedProperties: false }),
  };
}

function mapped<T>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

const schemas = mapped(description.components.schemas, (one) => closed(one, false));
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

/** What of the value is not as described. */
export function faults(schema: Schema, value: unknown): string[] {
  const validate = ajv.compile({ ...closed(schema, true), components: { schemas } });
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    return `${instancePath} ${message} ${JSON.stringify(params)}`;
  });
}

export function responseOf(operation: Operation, status: number): { readonly content?: Content } {
  const response = operation.responses[status];
  if (response === undefined) throw new Error(`status ${status} is not described`);
  const name = response.$ref?.split('/').at(-1);
  return name === undefined ? response : (description.components.responses[name] ?? {});
}
