// How far long work has come: a bar on standard error where that is a terminal, nothing elsewhere.

import type { Terminal } from '../terminal.ts';
import { groupedText } from './cell.ts';

const BAR_CELLS = 24;
const REDRAW_MS = 100;

export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #isShown: boolean;
  readonly #title: string;
  readonly #total: number;
  readonly #startedMs = Date.now();
  #drawnMs = 0;

  constructor(terminal: Terminal, isShown: boolean, title: string, total: number) {
    this.#terminal = terminal;
    this.#isShown = isShown;
    this.#title = title;
    this.#total = total;
  }

  update(count: number): void {
    const nowMs = Date.now();
    if (!this.#isShown || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    const seconds = (nowMs - this.#startedMs) / 1000;
    const rate = seconds > 0 ? `  ${groupedText(count / seconds)}/s` : '';
    this.#terminal.writeError(`\r\x1b[K${progressText(this.#title, count, this.#total)}${rate}`);
  }

  end(): void {
    if (this.#drawnMs > 0) this.#terminal.writeError('\r\x1b[K');
  }
}

/** `moving ████████──── 1,024 of 2,048 (50 %)` */
export function progressText(title: string, count: number, total: number): string {
  const share = total > 0 ? Math.min(count / total, 1) : 1;
  const filled = Math.round(share * BAR_CELLS);
  const bar = '█'.repeat(filled) + '─'.repeat(BAR_CELLS - filled);
  const percent = Math.floor(share * 100);
  return `${title} ${bar} ${groupedText(count)} of ${groupedText(total)} (${percent} %)`;
}
