import { expect, test } from 'vitest';
import { ProgressBar, progressText } from '../../../src/cli/output/progress-bar.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';

function recorder(): { terminal: Terminal; written: string[] } {
  const written: string[] = [];
  const terminal = { writeError: (text: string) => written.push(text) } as unknown as Terminal;
  return { terminal, written };
}

test.each([
  [0, 10, 0],
  [5, 10, 12],
  [10, 10, 24],
  [0, 0, 24],
])('%i of %i fills %i cells', (count, total, filled) => {
  const text = progressText('moving', count, total);
  expect(text.match(/█/g)?.length ?? 0).toBe(filled);
  expect(text.match(/─/g)?.length ?? 0).toBe(24 - filled);
});

test('it draws over itself and leaves nothing behind', () => {
  const { terminal, written } = recorder();
  const bar = new ProgressBar(terminal, true, 'moving', 1_000);
  bar.update(500);
  bar.end();
  expect(written[0]?.startsWith('\r\x1b[K')).toBe(true);
  expect(written[0]).toMatch(/moving █{12}─{12} 500 of 1,000 \(50 %\)/);
  expect(written.at(-1)).toBe('\r\x1b[K');
});

test('without a terminal it writes nothing', () => {
  const { terminal, written } = recorder();
  const bar = new ProgressBar(terminal, false, 'moving', 10);
  bar.update(5);
  bar.end();
  expect(written).toEqual([]);
});
