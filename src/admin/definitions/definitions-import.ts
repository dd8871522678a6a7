// Brings definitions in. Nothing is ever deleted; what cannot be brought in is named in the report and
// does not keep the rest out. In slices of time, each of them one durable change.

import { NotFoundError, ValidationError } from '../../util/request-errors.ts';
import type { AdminNode } from '../admin-node.ts';
import { Breath } from '../breath.ts';
import type { View } from '../columns.ts';
import { faultOf } from '../faults.ts';
import { withPreparedUser } from '../users.ts';
import { DefinitionItem } from './definition-item.ts';
import { DEFINITION_KINDS, type DefinitionKind } from './definition-kinds.ts';

export interface ImportOptions {
  /** Everything goes into this vhost; what is of no vhost is left out. */
  readonly vhost?: string;
  /** True: the report says what would happen; nothing changes. Values are looked at, not tried. */
  readonly isDryRun?: boolean;
  /** Who imports; nobody at the start of a node. */
  readonly userName?: string;
  /** Called now and then: how many of how many items are done. */
  readonly progress?: (done: number, total: number) => void;
}

export interface ReportLine {
  readonly section: string;
  readonly name: string;
  readonly reason: string;
}

export interface ImportReport {
  readonly dry_run: boolean;
  /** By section: how many were made or changed. */
  readonly imported: Readonly<Record<string, number>>;
  /** How many were there already, just so. */
  readonly unchanged: number;
  /** There already with other properties, and left as they are. */
  readonly skipped: readonly ReportLine[];
  readonly errors: readonly ReportLine[];
}

interface Section {
  readonly kind: DefinitionKind;
  items: readonly unknown[];
}

/** A report names so many of each; the rest is only counted. */
const LINES_MAX = 1_000;

/** Throws NotFoundError and ValidationError for what is wrong as a whole. */
export async function importDefinitions(
  node: AdminNode,
  definitions: View,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { vhost } = options;
  if (vhost !== undefined && node.broker.vhosts.get(vhost) === undefined) {
    throw new NotFoundError('vhost_not_found');
  }
  const run = new ImportRun(node, options);
  const work = sectionsOf(definitions, vhost);
  if (options.isDryRun !== true) await hashPasswords(node, work);
  const total = work.reduce((sum, { items }) => sum + items.length, 0);
  const breath = new Breath();
  let done = 0;
  for (const { kind, items } of work) {
    let at = 0;
    while (at < items.length) {
      const changed = node.changes.make(() => {
        do run.take(kind, items[at], at++);
        while (at < items.length && !breath.isDue);
      });
      // What it made is durable at the end; the next slice need not wait for it.
      run.awaitLater(changed);
      options.progress?.(done + at, total);
      await breath.take();
    }
    done += items.length;
  }
  await run.durable();
  return run.report();
}

class ImportRun {
  readonly #node: AdminNode;
  readonly #options: ImportOptions;
  readonly #imported: Record<string, number> = {};
  readonly #skipped: ReportLine[] = [];
  readonly #errors: ReportLine[] = [];
  readonly #planned = { vhost: new Set<string>(), user: new Set<string>() };
  #unchangedCount = 0;
  #durable: Promise<unknown> = Promise.resolve();

  constructor(node: AdminNode, options: ImportOptions) {
    this.#node = node;
    this.#options = options;
  }

  awaitLater(change: Promise<void>): void {
    this.#durable = Promise.all([this.#durable, change]);
    // Seen when the end is awaited.
    this.#durable.catch(() => {});
  }

  async durable(): Promise<void> {
    await this.#durable;
  }

  report(): ImportReport {
    return {
      dry_run: this.#options.isDryRun === true,
      imported: this.#imported,
      unchanged: this.#unchangedCount,
      skipped: this.#skipped,
      errors: this.#errors,
    };
  }

  take(kind: DefinitionKind, fields: unknown, at: number): void {
    const where = `${kind.section}[${at}]`;
    let name = where;
    try {
      const item = new DefinitionItem(fields, where, this.#options.vhost);
      name = kind.name(item);
      this.#place(kind, item, name);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      note(this.#errors, { section: kind.section, name, reason: fault.reason });
    }
  }

  #place(kind: DefinitionKind, item: DefinitionItem, name: string): void {
    const state = kind.state(this.#node, item);
    if (state === 'same') this.#unchangedCount++;
    else if (state === 'other') {
      const reason = 'exists with other properties, which stay';
      note(this.#skipped, { section: kind.section, name, reason });
    } else {
      if (this.#options.isDryRun === true) this.#plan(kind, item);
      else kind.apply(this.#node, item, this.#options.userName);
      this.#imported[kind.section] = (this.#imported[kind.section] ?? 0) + 1;
    }
  }

  /** What the file itself would make counts as being there. */
  #plan(kind: DefinitionKind, item: DefinitionItem): void {
    const { users, broker } = this.#node;
    if (kind.section === 'users') this.#planned.user.add(item.text('name'));
    else if (kind.section === 'vhosts') this.#planned.vhost.add(item.text('name'));
    else if (kind.section !== 'global_parameters') {
      const { vhost } = item;
      const isThere = broker.vhosts.get(vhost) !== undefined || this.#planned.vhost.has(vhost);
      if (!isThere) throw new ValidationError(`no_such_vhost: ${vhost}`);
      const user = item.optional('user');
      if (typeof user === 'string' && !users.has(user) && !this.#planned.user.has(user)) {
        throw new ValidationError(`no_such_user: ${user}`);
      }
    }
  }
}

function note(lines: ReportLine[], line: ReportLine): void {
  if (lines.length < LINES_MAX) lines.push(line);
}

/** Throws ValidationError. Sections of other names are passed over, as in RabbitMQ. */
function sectionsOf(definitions: View, vhost: string | undefined): Section[] {
  const kinds = DEFINITION_KINDS.filter(({ isOfVhost }) => vhost === undefined || isOfVhost);
  return kinds.map((kind) => {
    const items = definitions[kind.section] ?? [];
    if (!Array.isArray(items)) throw new ValidationError(`${kind.section} should be a list`);
    return { kind, items: kind.section === 'users' ? withAlgorithm(items, definitions) : items };
  });
}

/** Before 3.6 files did not name the algorithm of a hash, which was MD5. */
function withAlgorithm(users: readonly unknown[], definitions: View): readonly unknown[] {
  const version = definitions['rabbit_version'] ?? definitions['rabbitmq_version'];
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(typeof version === 'string' ? version : '') ?? [];
  if (major === undefined || Number(major) > 3 || Number(minor) >= 6) return users;
  const standard = { hashing_algorithm: 'rabbit_password_hashing_md5' };
  return users.map((user) => {
    const isHashed = typeof user === 'object' && user !== null && 'password_hash' in user;
    return isHashed ? { ...standard, ...user } : user;
  });
}

/** Clear passwords become hashes, which takes a while each with some algorithms. What is wrong stays. */
async function hashPasswords(node: AdminNode, work: readonly Section[]): Promise<void> {
  const users = work.find(({ kind }) => kind.section === 'users');
  if (users === undefined) return;
  const hashed: unknown[] = [];
  for (const user of users.items) hashed.push(await withHash(node, user));
  users.items = hashed;
}

async function withHash(node: AdminNode, user: unknown): Promise<unknown> {
  if (typeof user !== 'object' || user === null || Array.isArray(user)) return user;
  const { password, ...others } = user as View;
  if (typeof password !== 'string' || 'password_hash' in others) return user;
  try {
    return await withPreparedUser(node, user, async ({ passwordHash, hashingAlgorithm }) => ({
      ...others,
      password_hash: passwordHash,
      hashing_algorithm: hashingAlgorithm,
    }));
  } catch (error) {
    // Told in its place, with its name.
    if (error instanceof ValidationError) return others;
    throw error;
  }
}
