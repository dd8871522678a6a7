// `warren definitions`: export and import of everything that was declared, in RabbitMQ's JSON.

import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ApiError } from '../api-error.ts';
import { type ApiPath, apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { amount, bytesText, groupedText } from '../output/cell.ts';
import { printable, printableJson } from '../output/printable.ts';
import { at, countAt, isView, type View, viewsAt } from '../output/view.ts';
import { readInput } from '../prompt.ts';
import { addSharedOptions, administer, type CommandContext, type Session } from '../session.ts';

/** Definitions hold the hashes of passwords. */
const FILE_MODE = 0o600;

const SECTIONS: readonly (readonly [string, string])[] = [
  ['vhosts', 'vhost'],
  ['users', 'user'],
  ['queues', 'queue'],
  ['exchanges', 'exchange'],
  ['bindings', 'binding'],
];

export function addDefinitionsCommand(program: Command, context: CommandContext): void {
  const definitions = addSharedOptions(
    program.command('definitions').description('everything declared, as one file'),
  );
  addExport(definitions, context);
  addImport(definitions, context);
}

function addExport(definitions: Command, context: CommandContext): void {
  const out = definitions
    .command('export [file]')
    .description('write definitions to a file, or to standard output')
    .option('-p, --vhost <name>', 'only of this vhost');
  administer<{ vhost?: string }>(out, context, async ({ api, output }, [file], { vhost }) => {
    const path =
      vhost === undefined ? apiPath`/api/definitions` : apiPath`/api/definitions/${vhost}`;
    const view = await api.get<View>(path);
    const text = `${printableJson(view)}\n`;
    if (file === undefined || file === '-') {
      output.text(text);
      return;
    }
    writeDefinitions(file, text);
    output.done(`Wrote ${contents(view)} to ${printable(file)}`, { file, bytes: text.length });
  });
}

function writeDefinitions(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: FILE_MODE });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new CommandError(
      adminExitCodes.usage,
      `${printable(file)} cannot be written (${reason})`,
    );
  }
}

interface ImportFlags {
  readonly vhost?: string;
  readonly dryRun?: boolean;
}

function addImport(definitions: Command, context: CommandContext): void {
  const into = definitions
    .command('import <file>')
    .description('add what a file defines (- is standard input); nothing is deleted')
    .option('-p, --vhost <name>', 'into this vhost')
    .option('--dry-run', 'say what would happen, and change nothing');
  administer<ImportFlags>(into, context, async (session, [file = ''], flags) => {
    const bytes = await readDefinitions(session, file);
    const view = parseDefinitions(bytes, file);
    const { vhost, dryRun = false } = flags;
    const path =
      vhost === undefined ? apiPath`/api/definitions` : apiPath`/api/definitions/${vhost}`;
    if (dryRun && !(await canRehearse(session, path))) {
      session.output.done(`Would import ${contents(view)}`, { dry_run: true, ...counts(view) });
      return adminExitCodes.done;
    }
    const report = await send(session, path, bytes, dryRun);
    showProblems(session, report);
    const did = dryRun ? 'Would import' : 'Imported';
    session.output.done(`${did} ${contents(view)}${alreadyThere(report)}`, {
      ...counts(view),
      ...report,
    });
    const isWhole = sizeOf(report['errors']) === 0;
    return isWhole ? adminExitCodes.done : adminExitCodes.partly;
  });
}

/** RabbitMQ knows no dry run, and would import the file: an empty one tells who answers. */
async function canRehearse({ api }: Session, path: ApiPath): Promise<boolean> {
  const options = { query: { dry_run: true } };
  return (await api.post<View>(path, {}, options))['dry_run'] === true;
}

/** The report; empty when the broker gives none. */
async function send(session: Session, path: ApiPath, bytes: Buffer, isDryRun: boolean) {
  const { api, output } = session;
  const progress = output.progress(`importing ${bytesText(bytes.length)}`, bytes.length);
  try {
    return await api.post<View>(path, bytes, {
      query: { ...(isDryRun && { dry_run: true }) },
      headers: { prefer: 'return=representation' },
      onSent: (sent) => progress.update(sent),
    });
  } catch (error) {
    // A report with errors comes with the status of a refusal.
    const report = error instanceof ApiError ? error.body : undefined;
    if (isView(report) && Array.isArray(report['errors'])) return report;
    throw error;
  } finally {
    progress.end();
  }
}

function alreadyThere(report: View): string {
  const count = countAt(report, 'unchanged');
  return count === 0 ? '' : ` (${groupedText(count)} were there already)`;
}

async function readDefinitions({ terminal }: Session, file: string): Promise<Buffer> {
  if (file === '-') return readInput(terminal);
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new CommandError(adminExitCodes.usage, `${printable(file)} cannot be read (${reason})`);
  }
}

function parseDefinitions(bytes: Buffer, file: string): View {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
    if (isView(value)) return value;
  } catch {
    // Said below.
  }
  throw new CommandError(adminExitCodes.badData, `${printable(file)} is no JSON object`);
}

function counts(view: View): Record<string, number> {
  const entries = SECTIONS.map(([section]) => [section, sizeOf(at(view, section))] as const);
  return Object.fromEntries(entries.filter(([, count]) => count > 0));
}

function contents(view: View): string {
  const found = counts(view);
  const parts = SECTIONS.filter(([section]) => found[section] !== undefined).map(
    ([section, noun]) => amount(found[section] ?? 0, noun),
  );
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function sizeOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** What the broker left alone, and what it could not bring in. */
function showProblems({ output }: Session, report: View): void {
  for (const [title, list] of [
    ['skipped', viewsAt(report, 'skipped')],
    ['not imported', viewsAt(report, 'errors')],
  ] as const) {
    for (const { section, name, reason } of list) {
      const [what, why] = [`${section} '${name}'`, `${reason}`].map(printable);
      output.warning(`${title}: ${what}: ${why}`);
    }
  }
}
