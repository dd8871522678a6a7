// The rules of the house, read from the sources as text. ARCHITECTURE.md states them for people; its
// tables and this file's must be equal. A rule that is in the way is changed in both, with the reason.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface Layer {
  /** Layers it may import. */
  readonly imports: readonly string[];
  /** Layers of which it may import types only. */
  readonly types: readonly string[];
  /** `node:` is any module of Node. */
  readonly packages: readonly string[];
}

function layer(imports: string, types: string, packages: string): Layer {
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  return { imports: words(imports), types: words(types), packages: words(packages) };
}

/** A file belongs to the longest name that its path below src/ begins with. */
const LAYERS: Readonly<Record<string, Layer>> = {
  util: layer('', '', ''),
  protocol: layer('util', '', ''),
  broker: layer('protocol util', '', ''),
  auth: layer('util', 'broker', 'node:'),
  admin: layer('auth broker protocol util', '', ''),
  management: layer('admin util', '', 'node: hono @hono/node-server'),
  'management/ui': layer('', '', 'preact @preact/signals uplot'),
  network: layer('', 'broker', 'node:'),
  storage: layer('broker util', '', 'node: lmdb'),
  config: layer('', 'protocol', 'node:'),
  'version.ts': layer('', '', 'node:'),
  'node-settings.ts': layer('config network version.ts', 'broker', ''),
  'node.ts': layer(
    'admin auth broker config management network node-settings.ts storage util version.ts',
    '',
    '',
  ),
  'cli/perf': layer('', '', 'node:'),
  cli: layer(
    'cli/perf config node.ts storage version.ts',
    'network',
    'node: commander fast-string-truncated-width pino pino-pretty',
  ),
  'main.ts': layer('cli', '', 'node:'),
};

/** Inside broker/ a step may import its own files and those of the steps before it. */
const BROKER_ORDER: readonly (readonly string[])[] = [
  'access actor applied-policies broker-settings clock events journal limits metadata name-pattern transport'.split(
    ' ',
  ),
  ['metrics'],
  ['deadlines'],
  ['turn'],
  ['outgoing'],
  ['message'],
  ['deduplication', 'delay'],
  ['intake'],
  ['queue'],
  ['exchange'],
  ['policy'],
  ['vhost'],
  ['broker-publisher'],
  ['event-exchange'],
  ['broker-node'],
  ['connection'],
  ['operator'],
  ['broker'],
];

/** Type imports against BROKER_ORDER, and why each is needed. */
const UPWARD: Readonly<Record<string, string>> = {
  'src/broker/queue/queue.ts → src/broker/exchange/binding.ts':
    'a queue holds the bindings that lead to it, so that its end finds them without a search',
};

/** Files on the path of every message; each states its budget in its header. */
const HOT_FILES = [
  'src/broker/connection/content-receiver.ts',
  'src/broker/connection/deliver.ts',
  'src/broker/connection/publish.ts',
  'src/broker/connection/unacked-deliveries.ts',
  'src/broker/exchange/route-cache.ts',
  'src/broker/message/segment.ts',
  'src/broker/outgoing.ts',
  'src/broker/queue/queue-messages.ts',
  'src/protocol/content-header-scan.ts',
  'src/protocol/frame-parser.ts',
];
const HOT_FILES_MAX = 10;
const LINES_MAX = 400;
const IMPURE =
  /(?<![.#\w])(?:Date|process|console|performance|setTimeout|setInterval|setImmediate|queueMicrotask|fetch|crypto|require|globalThis)(?![\w:])|Math\.random/;

/** Files or folders without a test of their own → the test that goes through them. */
const TESTED_THROUGH: Readonly<Record<string, string>> = {
  'src/admin/': 'test/management/api.test.ts',
  'src/auth/first-users.ts': 'test/node.test.ts',
  'src/auth/local-administrator.ts': 'test/management/local-socket.test.ts',
  'src/auth/scrypt-hash.ts': 'test/auth/password.test.ts',
  'src/auth/pattern/': 'test/auth/pattern/pattern-search.test.ts',
  'src/broker/connection/': 'test/conversations/conversations.test.ts',
  'src/broker/message/record-content.ts': 'test/management/messages.test.ts',
  'src/broker/operator/': 'test/management/messages.test.ts',
  'src/broker/policy/': 'test/broker/vhost/policies.test.ts',
  'src/broker/queue/': 'test/conversations/conversations.test.ts',
  'src/broker/broker.ts': 'test/conversations/conversations.test.ts',
  'src/cli/': 'test/cli/command-line.test.ts',
  'src/cli/perf/': 'test/cli/perf/run-load.test.ts',
  'src/cli/perf/perf-report.ts': 'test/bench/bench-report.test.ts',
  'src/cli/process-log.ts': 'test/end-to-end/start-command.test.ts',
  'src/cli/terminal.ts': 'test/end-to-end/admin-commands.test.ts',
  'src/config/settings.ts': 'test/config/load-config.test.ts',
  'src/management/': 'test/management/api.test.ts',
  // The page runs in a browser: interop/web-page opens what is built from its main.tsx.
  'src/management/ui/': 'src/management/ui/main.tsx',
  'src/node-settings.ts': 'test/node.test.ts',
  'src/protocol/frame-constants.ts': 'test/protocol/frame-parser.test.ts',
  'src/protocol/frame-errors.ts': 'test/protocol/frame-parser.test.ts',
  'src/protocol/method-errors.ts': 'test/protocol/methods.test.ts',
  'src/protocol/table-scan.ts': 'test/protocol/field-table.test.ts',
  'src/storage/lmdb/': 'test/storage/lmdb/lmdb-store.test.ts',
  'src/storage/memory/': 'test/storage/memory/memory-store.test.ts',
  'src/util/': 'test/conversations/conversations.test.ts',
};

interface Import {
  /** A path below the root, or the name of a package. */
  readonly target: string;
  readonly isType: boolean;
}

interface Source {
  readonly path: string;
  readonly text: string;
  /** Without comments and strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(posix.join(root, path), 'utf8');

function readSources(folder: string): Source[] {
  return readdirSync(posix.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
    .map((name) => readSource(posix.join(folder, name)));
}

function readSource(path: string): Source {
  const text = read(path);
  const code = text.replace(/\/\/.*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, '');
  return { path, text, code, imports: importsOf(path, text) };
}

function importsOf(path: string, text: string): Import[] {
  const statement =
    /^(?:import|export)\s+(type\s+)?([^;'"]*?)\s*from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'|\bdist\/(src\/[\w./-]+)\.js\b/gm;
  return [...text.matchAll(statement)].map(([, type, clause = '', from, bare, dynamic, built]) => {
    if (built !== undefined) return { target: `${built}.ts`, isType: false };
    const named = /^\{([^}]*)\}$/.exec(clause)?.[1]?.split(',') ?? ['value'];
    const names = named.map((name) => name.trim()).filter((name) => name !== '');
    const isType = type !== undefined || names.every((name) => name.startsWith('type '));
    const specifier = from ?? bare ?? dynamic ?? '';
    const target = specifier.startsWith('.')
      ? posix.join(posix.dirname(path), specifier)
      : specifier;
    return { target, isType: from !== undefined && isType };
  });
}

const sources = readSources('src');
const tests = readSources('test');
const isGenerated = (path: string) => path.startsWith('src/protocol/generated/');
const isPure = (path: string) => /^src\/(util|protocol|broker)\//.test(path);
const byPath = new Map([...sources, ...tests].map((source) => [source.path, source]));

function layerOf(path: string): string | undefined {
  const below = path.slice('src/'.length);
  return Object.keys(LAYERS)
    .filter((name) => below === name || below.startsWith(`${name}/`))
    .sort((left, right) => right.length - left.length)[0];
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** What the import needs of its layer's row, and whether the row grants it. */
function need(from: Source, { target, isType }: Import): { key: string; isGranted: boolean } {
  const name = layerOf(from.path) ?? 'no layer';
  const row = LAYERS[name] ?? layer('', '', '');
  if (!target.startsWith('src/')) {
    const wanted = packageOf(target);
    return { key: `${name} ⇢ ${wanted}`, isGranted: row.packages.includes(wanted) };
  }
  const wanted = layerOf(target) ?? target;
  const isGranted = wanted === name || row.imports.includes(wanted);
  if (isGranted || !isType) return { key: `${name} → ${wanted}`, isGranted };
  return { key: `${name} → ${wanted} (types)`, isGranted: row.types.includes(wanted) };
}

function everyImport(): { from: Source; entry: Import }[] {
  return sources.flatMap((from) => from.imports.map((entry) => ({ from, entry })));
}

/** The text of one `## heading` of a document. */
function section(document: string, heading: string): string {
  const parts = read(document).split(/^## /m);
  return parts.find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

const ticked = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');

it('finds the sources and their imports', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(tests.length).toBeGreaterThan(50);
  expect(everyImport().length).toBeGreaterThan(400);
  const unknown = everyImport().filter(
    ({ entry }) => entry.target.startsWith('src/') && !byPath.has(entry.target),
  );
  expect(unknown).toEqual([]);
});

describe('layers', () => {
  it('import what their row allows, and nothing else', () => {
    const wrong = everyImport()
      .filter(({ from, entry }) => !need(from, entry).isGranted)
      .map(({ from, entry }) => `${from.path} → ${entry.target}`);
    expect(wrong).toEqual([]);
  });

  it('need everything that their row allows', () => {
    const used = new Set(everyImport().map(({ from, entry }) => need(from, entry).key));
    const allowed = Object.entries(LAYERS).flatMap(([name, row]) => [
      ...row.imports.map((other) => `${name} → ${other}`),
      ...row.types.map((other) => `${name} → ${other} (types)`),
      ...row.packages.map((other) => `${name} ⇢ ${other}`),
    ]);
    expect(allowed.filter((key) => !used.has(key))).toEqual([]);
  });

  it('are the ones of ARCHITECTURE.md', () => {
    const rows = section('ARCHITECTURE.md', 'Layers').matchAll(/^\| (`.*) \|$/gm);
    const table = [...rows].map(([, row = '']) => row.split('|').map(ticked));
    expect(table).toEqual(
      Object.entries(LAYERS).map(([name, row]) => [[name], row.imports, row.types, row.packages]),
    );
  });
});

describe('inside broker', () => {
  const step = (path: string) => {
    const name = path.split('/')[2]?.replace('.ts', '') ?? '';
    return BROKER_ORDER.findIndex((names) => names.includes(name));
  };

  it('imports go to the same step or an earlier one', () => {
    const files = sources.filter(({ path }) => path.startsWith('src/broker/'));
    expect(files.filter(({ path }) => step(path) < 0).map(({ path }) => path)).toEqual([]);
    const upward = files.flatMap(({ path, imports }) =>
      imports
        .filter(({ target }) => target.startsWith('src/broker/') && step(target) > step(path))
        .map(({ target, isType }) => `${path} → ${target}${isType ? '' : ' (values)'}`),
    );
    expect(upward).toEqual(Object.keys(UPWARD));
  });

  it('the order is the one of ARCHITECTURE.md', () => {
    const line = /^`.*` ← .*$/m.exec(section('ARCHITECTURE.md', 'Layers'))?.[0] ?? '';
    expect(line.split('←').map(ticked)).toEqual(BROKER_ORDER);
  });
});

it('there are no cycles among imports of values', () => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    if (done.has(path) || trail.includes(path)) return;
    for (const { target, isType } of byPath.get(path)?.imports ?? []) {
      if (!isType) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  expect(cycles).toEqual([]);
});

it('the core knows no clock, no chance, no process', () => {
  const impure = sources.flatMap(({ path, code }) => {
    const word = isPure(path) ? IMPURE.exec(code)?.[0] : undefined;
    return word === undefined ? [] : [`${path}: ${word}`];
  });
  expect(impure).toEqual([]);
});

it(`no file is longer than ${LINES_MAX} lines, except generated ones`, () => {
  const files = [...sources, ...tests, ...readSources('protocol')];
  const long = files
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ path, lines }) => lines > LINES_MAX && !isGenerated(path));
  expect(long).toEqual([]);
});

it('hot files are few, and listed', () => {
  const header = (text: string) => /^(?:(?:\/\/|#!).*\n)*/.exec(text)?.[0] ?? '';
  const hot = sources.filter(({ text }) => /\bHOT\b/.test(header(text))).map(({ path }) => path);
  expect(hot).toEqual(HOT_FILES);
  expect(hot.length).toBeLessThanOrEqual(HOT_FILES_MAX);
  expect(ticked(section('ARCHITECTURE.md', 'Hot files'))).toEqual(HOT_FILES);
});

it('no file only passes on what others export', () => {
  const barrels = sources.filter(({ code }) => /^export\s+(?:type\s+)?[*{][^;]*from/m.test(code));
  expect(barrels.map(({ path }) => path)).toEqual([]);
});

describe('tests of the sources', () => {
  const hasValues = ({ code }: Source) =>
    /^(?:export )?(?:const|let|class|abstract class|function|async function|await|program)\b/m.test(
      code,
    );
  const asserting = tests.filter(({ path }) => /(?:\.test|-contract)\.ts$/.test(path));
  const imported = new Set(
    asserting.flatMap(({ imports }) =>
      imports.filter(({ isType }) => !isType).map(({ target }) => target),
    ),
  );
  const ownTest = (path: string) => path.replace(/^src(.*)\.tsx?$/, 'test$1.test.ts');
  const without = sources.filter(
    (source) =>
      hasValues(source) && !imported.has(source.path) && !byPath.has(ownTest(source.path)),
  );
  const through = (path: string) =>
    Object.keys(TESTED_THROUGH)
      .filter((key) => path === key || (key.endsWith('/') && path.startsWith(key)))
      .sort((left, right) => right.length - left.length)[0];

  /** Everything a test loads, or starts as a compiled process. */
  const loaded = (path: string, found = new Set<string>()): Set<string> => {
    if (found.has(path)) return found;
    found.add(path);
    for (const { target, isType } of byPath.get(path)?.imports ?? []) {
      if (!isType) loaded(target, found);
    }
    return found;
  };

  it('every file has a test of its own, or a named one goes through it', () => {
    const missing = without.filter(({ path }) => {
      const key = through(path);
      return key === undefined || !loaded(TESTED_THROUGH[key] ?? '').has(path);
    });
    expect(missing.map(({ path }) => path)).toEqual([]);
  });

  it('the list of those without one names no more than it must', () => {
    const used = new Set(without.map(({ path }) => through(path)));
    expect(Object.keys(TESTED_THROUGH).filter((key) => !used.has(key))).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('proves each invariant by a test that exists', () => {
    const items = section('ARCHITECTURE.md', 'Invariants')
      .split(/^\d+\. /m)
      .slice(1);
    expect(items.length).toBeGreaterThan(10);
    const unproved = items.filter((item) => {
      const proofs = [...item.matchAll(/`(test\/[^`]+)` “([^”]+)”/g)];
      const isThere = ([, file = '', title = '']: RegExpMatchArray) =>
        existsSync(posix.join(root, file)) && read(file).includes(title.replaceAll(/\s+/g, ' '));
      return proofs.length === 0 || !proofs.every(isThere);
    });
    expect(unproved).toEqual([]);
  });

  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md', 'protocol/README.md'])(
    'paths in %s exist',
    (document) => {
      const paths = ticked(read(document)).filter((word) =>
        /^(?:src|test|protocol)\/[\w./-]+$/.test(word),
      );
      expect(paths.filter((path) => !existsSync(posix.join(root, path)))).toEqual([]);
    },
  );
});
