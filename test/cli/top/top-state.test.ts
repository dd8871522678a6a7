import { expect, test } from 'vitest';
import {
  afterKey,
  initialTopState,
  type TopKey,
  type TopState,
  topColumns,
} from '../../../src/cli/top/top-state.ts';

const PAGE_ROWS = 10;

function key(name: string | undefined, text = name, isControl = false): TopKey {
  return { name, text, isControl };
}

function press(state: TopState, ...keys: readonly TopKey[]): TopState {
  return keys.reduce((current, each) => afterKey(current, each, PAGE_ROWS), state);
}

const sortedBy = ({ view, sortIndex }: TopState) => topColumns[view][sortIndex]?.title;

test('the deepest queues come first', () => {
  expect(sortedBy(initialTopState)).toBe('READY');
  expect(initialTopState.isDescending).toBe(true);
});

test('arrows choose the column and go round', () => {
  expect(sortedBy(press(initialTopState, key('right')))).toBe('UNACKED');
  const left = press(initialTopState, ...Array.from({ length: 4 }, () => key('left')));
  expect(sortedBy(left)).toBe('OUT');
  expect(press(initialTopState, key('r')).isDescending).toBe(false);
});

test('scrolling does not leave the top', () => {
  const down = press(initialTopState, key('down'), key('pagedown'));
  expect(down.firstRow).toBe(1 + PAGE_ROWS);
  expect(press(down, key('pageup'), key('up'), key('up')).firstRow).toBe(0);
  expect(press(down, key('home')).firstRow).toBe(0);
});

test('what is typed after a slash is the filter, letters that are commands, too', () => {
  const typed = press(initialTopState, key(undefined, '/'), key('q'), key('x'), key('backspace'));
  expect(typed).toMatchObject({ isTyping: true, filter: 'q', isOver: false });
  const kept = press(typed, key('return', '\r'));
  expect(kept).toMatchObject({ isTyping: false, filter: 'q' });
  expect(press(kept, key('escape')).filter).toBe('');
  expect(press(typed, key('escape'))).toMatchObject({ isTyping: false, filter: '' });
});

test('what is no text does not get into the filter', () => {
  const typing = press(initialTopState, key(undefined, '/'));
  expect(press(typing, key('up', '\x1b[A'), key('a', '\x01', true)).filter).toBe('');
});

test('space pauses, tab shows the connections', () => {
  expect(press(initialTopState, key('space', ' ')).isPaused).toBe(true);
  const other = press(initialTopState, key('tab'));
  expect(other.view).toBe('connections');
  expect(sortedBy(other)).toBe('NAME');
  expect(press(other, key('tab'))).toEqual(initialTopState);
});

test('q ends, Control-C always', () => {
  expect(press(initialTopState, key('q')).isOver).toBe(true);
  const typing = press(initialTopState, key(undefined, '/'));
  expect(press(typing, key('c', '\x03', true)).isOver).toBe(true);
});

test('other keys change nothing', () => {
  expect(press(initialTopState, key('z'), key('constructor'), key(undefined))).toBe(
    initialTopState,
  );
});
