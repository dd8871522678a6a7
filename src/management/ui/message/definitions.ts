// A file of definitions, and what importing it would change.

export const DEFINITION_KINDS = [
  'users',
  'vhosts',
  'permissions',
  'topic_permissions',
  'parameters',
  'global_parameters',
  'policies',
  'queues',
  'exchanges',
  'bindings',
] as const;

export type DefinitionKind = (typeof DEFINITION_KINDS)[number];
type Item = Readonly<Record<string, unknown>>;
export type Definitions = Readonly<Partial<Record<DefinitionKind, readonly Item[]>>>;

export interface KindComparison {
  readonly total: number;
  readonly added: number;
  readonly same: number;
  /** Their names: there already, with other properties. */
  readonly different: readonly string[];
}

export type DefinitionsComparison = Readonly<Record<DefinitionKind, KindComparison>>;

/** What tells two items of a kind apart. */
const IDENTITY: Readonly<Record<DefinitionKind, readonly string[]>> = {
  users: ['name'],
  vhosts: ['name'],
  permissions: ['vhost', 'user'],
  topic_permissions: ['vhost', 'user', 'exchange'],
  parameters: ['vhost', 'component', 'name'],
  global_parameters: ['name'],
  policies: ['vhost', 'name'],
  queues: ['vhost', 'name'],
  exchanges: ['vhost', 'name'],
  bindings: ['vhost', 'source', 'destination_type', 'destination', 'routing_key', 'arguments'],
};

/** Throws an Error that says what the file is not. */
export function parseDefinitions(text: string): Definitions {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`The file is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('The file holds no definitions: it must be a JSON object.');
  }
  for (const kind of DEFINITION_KINDS) {
    const items = (value as Record<string, unknown>)[kind];
    if (items !== undefined && !isItems(items)) {
      throw new Error(`“${kind}” in the file is no list of objects.`);
    }
  }
  return value;
}

function isItems(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
}

export function compareDefinitions(file: Definitions, present: Definitions): DefinitionsComparison {
  const entries = DEFINITION_KINDS.map((kind) => [
    kind,
    compareKind(IDENTITY[kind], file[kind] ?? [], present[kind] ?? []),
  ]);
  return Object.fromEntries(entries) as DefinitionsComparison;
}

function compareKind(
  identity: readonly string[],
  wanted: readonly Item[],
  present: readonly Item[],
): KindComparison {
  const keyOf = (item: Item) => canonical(identity.map((field) => item[field] ?? null));
  const known = new Map(present.map((item) => [keyOf(item), item]));
  let added = 0;
  let same = 0;
  const different: string[] = [];
  for (const item of wanted) {
    const other = known.get(keyOf(item));
    if (other === undefined) added++;
    else if (isSame(item, other)) same++;
    else different.push(String(item['name'] ?? item['user'] ?? item['source'] ?? ''));
  }
  return { total: wanted.length, added, same, different };
}

/** Fields that only one of them has are another version's: they make no difference. */
function isSame(item: Item, other: Item): boolean {
  const shared = Object.keys(item).filter((field) => field in other);
  return shared.every((field) => canonical(item[field]) === canonical(other[field]));
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join()}}`;
}
