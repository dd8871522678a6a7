// What the person at `warren top` has chosen, and how each key changes it.

import { type Column, column } from '../output/table.ts';

export type TopView = 'queues' | 'connections';

export interface TopState {
  readonly view: TopView;
  /** Index of a column of the view. */
  readonly sortIndex: number;
  readonly isDescending: boolean;
  /** Part of a name; empty: all. */
  readonly filter: string;
  /** True while the filter is being typed. */
  readonly isTyping: boolean;
  readonly isPaused: boolean;
  /** The first row that is shown. */
  readonly firstRow: number;
  readonly isOver: boolean;
}

export const topColumns: Readonly<Record<TopView, readonly Column[]>> = {
  queues: [
    column('NAME', 'name'),
    column('VHOST', 'vhost'),
    column('STATE', 'state'),
    column('READY', 'messages_ready', 'count'),
    column('UNACKED', 'messages_unacknowledged', 'count'),
    column('CONSUMERS', 'consumers', 'count'),
    column('IN', 'message_stats.publish_details.rate', 'rate'),
    column('OUT', 'message_stats.deliver_get_details.rate', 'rate'),
  ],
  connections: [
    column('NAME', 'name'),
    column('USER', 'user'),
    column('VHOST', 'vhost'),
    column('STATE', 'state'),
    column('CHANNELS', 'channels', 'count'),
    column('RECEIVED', 'recv_oct_details.rate', 'bytes'),
    column('SENT', 'send_oct_details.rate', 'bytes'),
  ],
};

const READY_INDEX = 3;

export const initialTopState: TopState = {
  view: 'queues',
  sortIndex: READY_INDEX,
  isDescending: true,
  filter: '',
  isTyping: false,
  isPaused: false,
  firstRow: 0,
  isOver: false,
};

/** `name` as Node's readline calls keys; `text`: what was typed. `pageRows`: rows on the screen. */
export interface TopKey {
  readonly name: string | undefined;
  readonly text: string | undefined;
  readonly isControl: boolean;
}

export function afterKey(state: TopState, key: TopKey, pageRows: number): TopState {
  if (key.isControl && key.name === 'c') return { ...state, isOver: true };
  return state.isTyping ? afterTyped(state, key) : afterCommand(state, key, pageRows);
}

function afterTyped(state: TopState, { name, text, isControl }: TopKey): TopState {
  if (name === 'return' || name === 'enter') return { ...state, isTyping: false };
  if (name === 'escape') return { ...state, isTyping: false, filter: '', firstRow: 0 };
  if (name === 'backspace') return { ...state, filter: state.filter.slice(0, -1), firstRow: 0 };
  const isText = text !== undefined && !isControl && text >= ' ' && text !== '\x7f';
  return isText ? { ...state, filter: state.filter + text, firstRow: 0 } : state;
}

function afterCommand(state: TopState, { name, text }: TopKey, pageRows: number): TopState {
  const scrolled = (rows: number) => ({ ...state, firstRow: Math.max(state.firstRow + rows, 0) });
  const sorted = (step: number) => {
    const count = topColumns[state.view].length;
    const sortIndex = (state.sortIndex + step + count) % count;
    return { ...state, sortIndex, firstRow: 0 };
  };
  const commands: Readonly<Record<string, () => TopState>> = {
    q: () => ({ ...state, isOver: true }),
    right: () => sorted(1),
    left: () => sorted(-1),
    r: () => ({ ...state, isDescending: !state.isDescending, firstRow: 0 }),
    down: () => scrolled(1),
    up: () => scrolled(-1),
    pagedown: () => scrolled(pageRows),
    pageup: () => scrolled(-pageRows),
    home: () => ({ ...state, firstRow: 0 }),
    space: () => ({ ...state, isPaused: !state.isPaused }),
    escape: () => ({ ...state, filter: '', firstRow: 0 }),
    tab: () => otherView(state),
  };
  if (text === '/') return { ...state, isTyping: true };
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  return command?.() ?? state;
}

function otherView(state: TopState): TopState {
  const view = state.view === 'queues' ? 'connections' : 'queues';
  const sortIndex = view === 'queues' ? READY_INDEX : 0;
  return { ...state, view, sortIndex, isDescending: view === 'queues', firstRow: 0 };
}
