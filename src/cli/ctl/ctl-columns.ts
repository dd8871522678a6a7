// Small things that the tables of rabbitmqctl's commands are made of.

import { printable } from '../output/printable.ts';
import { at, type View } from '../output/view.ts';
import type { CtlColumn } from './ctl-call.ts';

/** In double quotes, as in rabbitmqctl's sentences. */
export const q = (name: string | undefined): string => `"${printable(name ?? '')}"`;

/** Columns whose names are the API's fields. */
export function plainColumns(names: string): CtlColumn[] {
  return names.split(' ').map((name) => ({ name, read: (row) => at(row, name) }));
}

/** The limits of a vhost or user, as JSON. */
export const limitsText = (row: View): string => JSON.stringify(at(row, 'value') ?? {});
