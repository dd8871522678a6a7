// Definitions at the start of the node. What cannot be brought in is logged, and does not keep the node
// from starting: a queue that is missing is found sooner than a broker that is.

import type { AdminNode } from '../admin-node.ts';
import type { View } from '../columns.ts';
import { importDefinitions, type ReportLine } from './definitions-import.ts';

export interface DefinitionsToLoad {
  readonly path: string;
  readonly definitions: View;
}

export interface LoadLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const LOGGED_MAX = 100;
const PROGRESS_ITEMS = 10_000;

export async function loadDefinitions(
  node: AdminNode,
  files: readonly DefinitionsToLoad[],
  log: LoadLog,
): Promise<void> {
  for (const { path, definitions } of files) {
    let told = 0;
    const report = await importDefinitions(node, definitions, {
      progress: (done, total) => {
        if (done - told < PROGRESS_ITEMS) return;
        told = done;
        log.info({ path, done, total }, 'loading definitions');
      },
    });
    const { imported, unchanged, skipped, errors } = report;
    for (const line of logged(skipped)) log.warn({ path, ...line }, 'a definition was skipped');
    for (const line of logged(errors)) log.error({ path, ...line }, 'a definition is wrong');
    const counts = { skipped: skipped.length, errors: errors.length };
    log.info({ path, imported, unchanged, ...counts }, 'definitions are loaded');
  }
}

function logged(lines: readonly ReportLine[]): readonly ReportLine[] {
  return lines.slice(0, LOGGED_MAX);
}
