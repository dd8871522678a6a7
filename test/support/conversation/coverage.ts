// Reads test/conversations/coverage.txt: which conversations and unit tests prove what.

export interface CoverageEntry {
  /** `17`, or `x-expires quorum`. */
  readonly subject: string;
  readonly line: number;
  /** Paths below test/conversations, without .txt. */
  readonly conversations: readonly string[];
  readonly unitTests: ReadonlyArray<{ readonly path: string; readonly title: string }>;
  /** Why it is not built, or why RabbitMQ is not asked. */
  readonly reasons: readonly string[];
}

const SUBJECT = /^(?<number>\d+) \S.*$|^(?<cell>x-[a-z-]+ (?:classic|quorum|stream))$/;

export function parseCoverage(text: string): CoverageEntry[] {
  const entries: CoverageEntry[] = [];
  let details: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('  ')) {
      details.push(line.trim());
      entries[entries.length - 1] = { ...(entries.at(-1) as CoverageEntry), ...read(details) };
      continue;
    }
    const subject = SUBJECT.exec(line)?.groups;
    if (subject === undefined) continue;
    details = [];
    const name = subject['number'] ?? subject['cell'] ?? '';
    entries.push({ subject: name, line: index + 1, ...read(details) });
  }
  return entries;
}

function read(
  details: readonly string[],
): Pick<CoverageEntry, 'conversations' | 'unitTests' | 'reasons'> {
  const isReason = (detail: string) => /^not (yet|with RabbitMQ): \S/.test(detail);
  const named = details.filter((detail) => !isReason(detail)).join(' ');
  const unitTest = /(?<path>test\/\S+\.ts) “(?<title>[^”]+)”/g;
  return {
    conversations: named.replace(unitTest, '').split(/\s+/).filter(Boolean),
    unitTests: Array.from(named.matchAll(unitTest), ({ groups }) => ({
      path: groups?.['path'] ?? '',
      title: groups?.['title'] ?? '',
    })),
    reasons: details.filter(isReason),
  };
}
