import { describe, expect, it } from 'vitest';
import { parseDefinitions, reportOf } from '../../../src/management/ui/message/definitions.ts';

describe('a file of definitions', () => {
  it('may begin with a byte order mark', () => {
    expect(parseDefinitions('\ufeff{"queues":[]}')).toEqual({ queues: [] });
  });

  it.each([
    ['', /^The file is no JSON: /],
    ['[]', 'The file holds no definitions: it must be a JSON object.'],
    ['null', 'The file holds no definitions: it must be a JSON object.'],
    ['"text"', 'The file holds no definitions: it must be a JSON object.'],
  ])('%s is refused', (text, message) => {
    expect(() => parseDefinitions(text)).toThrow(message);
  });
});

describe('a report', () => {
  it('is told from another answer', () => {
    const report = {
      dry_run: true,
      imported: { queues: 1 },
      unchanged: 0,
      skipped: [],
      errors: [],
    };
    expect(reportOf(report)).toBe(report);
    const others = [undefined, null, 'text', { error: 'bad_request', reason: 'no' }];
    expect(others.map(reportOf)).toEqual(Array(4).fill(undefined));
  });
});
