// `warren top`: a live view of queues and connections on the whole terminal, which is given back as it was.

import { emitKeypressEvents, type Key } from 'node:readline';
import type { Command } from 'commander';
import { apiPath } from '../api-path.ts';
import { CommandError } from '../command-error.ts';
import { adminExitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../option-values.ts';
import { countAt, textAt, type View, viewsAt } from '../output/view.ts';
import { addSharedOptions, administer, type CommandContext, type Session } from '../session.ts';
import { rowsOfScreen, type TopSnapshot, topFrame } from '../top/top-frame.ts';
import { afterKey, initialTopState, type TopState, topColumns } from '../top/top-state.ts';

const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l';
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l';
/** Of one page of the API. */
const ROWS_MAX = 500;

interface TopFlags {
  readonly interval: number;
}

export function addTopCommand(program: Command, context: CommandContext): void {
  const top = addSharedOptions(
    program
      .command('top')
      .description('live view of queues and connections')
      .option('--interval <seconds>', 'time between two pictures', wholeNumber(1, 3_600), 2),
  );
  administer<TopFlags>(top, context, async (session, _, { interval }) => {
    const { terminal } = session;
    if (!terminal.isOutputTerminal || !terminal.isInputTerminal) {
      const hint = 'For programs there is `warren queue list --json`.';
      throw new CommandError(adminExitCodes.usage, 'top needs a terminal', hint);
    }
    // What is wrong with address or password is said before the screen changes.
    await session.api.get(apiPath`/api/overview`);
    await new TopScreen(session, interval * 1000).run();
  });
}

class TopScreen {
  readonly #session: Session;
  readonly #intervalMs: number;
  #state: TopState = initialTopState;
  #snapshot: TopSnapshot | undefined;
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  /** Something was chosen while the broker was being asked. */
  #isStale = false;

  constructor(session: Session, intervalMs: number) {
    this.#session = session;
    this.#intervalMs = intervalMs;
  }

  async run(): Promise<void> {
    const { terminal } = this.#session;
    const { input } = terminal;
    emitKeypressEvents(input);
    const raw = 'setRawMode' in input ? input : undefined;
    raw?.setRawMode(true);
    input.resume();
    terminal.write(ENTER_SCREEN);
    try {
      await new Promise<void>((resolve) => {
        const onKey = (text: string | undefined, key: Key) => {
          this.#takeKey(text, key);
          if (this.#state.isOver) resolve();
        };
        input.on('keypress', onKey);
        terminal.interrupted.addEventListener('abort', () => resolve(), { once: true });
        terminal.onResize(() => void this.#refresh());
        void this.#refresh();
      });
    } finally {
      this.#state = { ...this.#state, isOver: true };
      clearTimeout(this.#timer);
      input.removeAllListeners('keypress');
      input.pause();
      raw?.setRawMode(false);
      terminal.write(LEAVE_SCREEN);
    }
  }

  #takeKey(text: string | undefined, key: Key): void {
    const rows = rowsOfScreen(this.#session.terminal.size);
    const pressed = { name: key.name, text, isControl: key.ctrl === true };
    this.#state = afterKey(this.#state, pressed, rows);
    if (this.#state.isOver) return;
    this.#draw();
    void this.#refresh();
  }

  /** One question at a time; what is chosen meanwhile is asked next. */
  async #refresh(): Promise<void> {
    if (this.#isAsking) {
      this.#isStale = true;
      return;
    }
    this.#isAsking = true;
    clearTimeout(this.#timer);
    try {
      if (!this.#state.isPaused || this.#snapshot === undefined) this.#snapshot = await this.#ask();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
    }
    this.#isAsking = false;
    if (this.#state.isOver) return;
    this.#draw();
    if (this.#isStale) {
      this.#isStale = false;
      void this.#refresh();
    } else this.#timer = setTimeout(() => void this.#refresh(), this.#intervalMs);
  }

  async #ask(): Promise<TopSnapshot> {
    const { api, terminal } = this.#session;
    const { view, sortIndex, isDescending, filter, firstRow } = this.#state;
    const overview = await api.get<View>(apiPath`/api/overview`);
    const name = textAt(overview, 'node');
    const node = name === '' ? {} : await api.get<View>(apiPath`/api/nodes/${name}`);
    const path = view === 'queues' ? apiPath`/api/queues` : apiPath`/api/connections`;
    const columns = topColumns[view];
    const lastRow = firstRow + rowsOfScreen(terminal.size);
    const page = await api.get<View>(path, {
      page: 1,
      page_size: Math.min(Math.max(lastRow, 1), ROWS_MAX),
      name: filter,
      sort: columns[sortIndex]?.path,
      ...(isDescending && { sort_reverse: true }),
      columns: columns.map((column) => column.path).join(','),
    });
    const total = countAt(page, 'filtered_count');
    // Scrolling stops where the last row is the first.
    this.#state = {
      ...this.#state,
      firstRow: Math.min(this.#state.firstRow, Math.max(total - 1, 0)),
    };
    return { overview, node, rows: viewsAt(page, 'items').slice(firstRow), total };
  }

  #draw(): void {
    const { terminal, output } = this.#session;
    const lines = topFrame(this.#state, this.#snapshot, this.#problem, terminal.size, output.style);
    const text = lines.map((line) => `${line}\x1b[K`).join('\r\n');
    terminal.write(`\x1b[H${text}\x1b[J`);
  }
}
