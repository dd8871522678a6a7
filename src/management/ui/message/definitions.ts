// A file of definitions, and what the broker says that importing it does.

export interface ReportLine {
  readonly section: string;
  readonly name: string;
  readonly reason: string;
}

export interface ImportReport {
  readonly dry_run: boolean;
  /** By section: what is new or changed. */
  readonly imported: Readonly<Record<string, number>>;
  readonly unchanged: number;
  readonly skipped: readonly ReportLine[];
  readonly errors: readonly ReportLine[];
}

/** Throws an Error that says what the file is not; what it holds is the broker's to judge. */
export function parseDefinitions(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`The file is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('The file holds no definitions: it must be a JSON object.');
  }
  return value;
}

/** Undefined when the answer is something else: an import that could not even begin. */
export function reportOf(answer: unknown): ImportReport | undefined {
  const isReport = typeof answer === 'object' && answer !== null && 'imported' in answer;
  return isReport ? (answer as ImportReport) : undefined;
}
