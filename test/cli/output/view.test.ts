import { expect, test } from 'vitest';
import { at, countAt, textAt, viewsAt } from '../../../src/cli/output/view.ts';

const view = { a: { b: 3, c: 'x', d: [{ e: 1 }, 5, null] }, n: null };

test.each([
  ['a.b', 3],
  ['a.c', 'x'],
  ['a.missing.more', undefined],
  ['n.x', undefined],
  ['constructor', undefined],
  ['a.__proto__', undefined],
])('%s is %j', (path, value) => {
  expect(at(view, path)).toEqual(value);
});

test('counts, texts and lists have a value for what is absent', () => {
  expect([countAt(view, 'a.b'), countAt(view, 'a.c')]).toEqual([3, 0]);
  expect([textAt(view, 'a.c'), textAt(view, 'a.b')]).toEqual(['x', '']);
  expect(viewsAt(view, 'a.d')).toEqual([{ e: 1 }]);
  expect(viewsAt(view, 'nowhere')).toEqual([]);
});
