import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListQuery, listQuery } from '../../src/admin/list-query.ts';
import { type ListSource, listing } from '../../src/admin/listing.ts';

interface Item {
  readonly name: string;
  readonly count?: number;
  readonly stats?: { readonly rate: number };
}

function sourceOf(items: readonly Item[]): ListSource<Item> {
  return { items, name: ({ name }) => name, view: (item) => ({ ...item }) };
}

function queryOf(text: string): ListQuery {
  const parameters = new URLSearchParams(text);
  return listQuery((name) => parameters.get(name) ?? undefined);
}

async function listed(items: readonly Item[], text: string) {
  const { page, parts } = await listing(sourceOf(items), queryOf(text));
  const views = [];
  for await (const part of parts) views.push(...part);
  return { page, views };
}

const fruit: readonly Item[] = ['apple', 'Banana', 'cherry', 'date'].map((name, at) => ({
  name,
  count: (at * 7) % 4,
  ...(at % 2 === 1 && { stats: { rate: at } }),
}));

async function namesOf(text: string): Promise<string[]> {
  return (await listed(fruit, text)).views.map(({ name }) => String(name));
}

describe('without a page', () => {
  it('all comes in its own order', async () => {
    expect(await listed(fruit, '')).toEqual({ page: undefined, views: fruit });
  });

  it.each(['name=an', 'page_size=1', 'pagination=true', 'use_regex=true&name=('])(
    '%s has no effect',
    async (text) => {
      expect((await listed(fruit, text)).views).toHaveLength(4);
    },
  );

  it('columns choose fields, also inner ones', async () => {
    const { views } = await listed(fruit, 'columns=name,stats.rate,nope,stats.nope.x');
    expect(views[1]).toEqual({ name: 'Banana', stats: { rate: 1 } });
    expect(views[0]).toEqual({ name: 'apple' });
  });

  it('a column and a part of it are the whole column', async () => {
    for (const columns of ['stats,stats.rate', 'stats.rate,stats']) {
      const { views } = await listed(fruit, `columns=${columns}`);
      expect(views[1]).toEqual({ stats: { rate: 1 } });
    }
  });

  it.each([
    ['sort=count', ['apple', 'cherry', 'Banana', 'date'].sort(), undefined],
    ['sort=', ['apple', 'Banana', 'cherry', 'date'], undefined],
  ])('%s', async (text, names) => {
    expect((await namesOf(text)).toSorted()).toEqual(names.toSorted());
  });

  it('sorts by a field, what lacks it first, and the other way round', async () => {
    expect(await namesOf('sort=name')).toEqual(['Banana', 'apple', 'cherry', 'date']);
    expect(await namesOf('sort=stats.rate')).toEqual(['apple', 'cherry', 'Banana', 'date']);
    const reverse = await namesOf('sort=stats.rate&sort_reverse=true');
    expect(reverse).toEqual(['date', 'Banana', 'cherry', 'apple']);
  });
});

describe('pages', () => {
  it('have an envelope', async () => {
    expect(await listed(fruit, 'page=2&page_size=3')).toEqual({
      page: {
        filtered_count: 4,
        item_count: 1,
        page: 2,
        page_count: 2,
        page_size: 3,
        total_count: 4,
      },
      views: [fruit[3]],
    });
  });

  it.each([
    ['page=1&name=AN', ['Banana']],
    ['page=1&name=', ['apple', 'Banana', 'cherry', 'date']],
    ['page=1&name=^(a|B).*[ae]$&use_regex=true', ['apple', 'Banana']],
    ['page=1&name=^b&use_regex=true', ['Banana']],
    ['page=1&name=.', []],
  ])('%s', async (text, names) => {
    expect(await namesOf(text)).toEqual(names);
  });

  it('of nothing is an empty one', async () => {
    const { page, views } = await listed([], 'page=1');
    expect([page?.['page_count'], page?.['page_size'], views]).toEqual([0, 100, []]);
  });

  it.each([
    ['page=0', 'Invalid pagination parameters: page number 0, page size undefined'],
    ['page=-1', 'Invalid pagination parameters: page number -1, page size undefined'],
    ['page=1&page_size=501', 'Invalid pagination parameters: page number 1, page size 501'],
    ['page=1&page_size=0', 'Invalid pagination parameters: page number 1, page size 0'],
    ['page=a', 'Pagination parameters are invalid'],
    ['page=', 'Pagination parameters are invalid'],
    ['page=1&page_size=1e2', 'Pagination parameters are invalid'],
    ['page=1&name=(&use_regex=true', 'Pagination parameters are invalid'],
    ['page=9&page_size=2', 'Page out of range, page: 9 page size: 2, len: 4'],
  ])('%s: %s', async (text, message) => {
    await expect(listed(fruit, text)).rejects.toThrow(message);
  });

  it('together are the whole list, in any order and size', () =>
    fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.record({ name: fc.string(), count: fc.nat(5) }), {
          selector: ({ name }) => name,
          minLength: 1,
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('', '&sort=count', '&sort=name&sort_reverse=true'),
        async (items, size, order) => {
          const whole = await listed(items, order);
          const pages = [];
          for (let page = 1; page <= Math.ceil(items.length / size); page++) {
            pages.push(...(await listed(items, `page=${page}&page_size=${size}${order}`)).views);
          }
          expect(pages).toEqual(whole.views);
        },
      ),
    ));
});

it('a view is told which fields are looked at', async () => {
  const asked: (readonly string[] | undefined)[] = [];
  const source: ListSource<Item> = {
    ...sourceOf(fruit.slice(0, 1)),
    view: (item, wanted) => {
      asked.push(wanted && [...wanted]);
      return { ...item };
    },
  };
  const { parts } = await listing(source, queryOf('sort=stats.rate&columns=name,stats.rate,name'));
  for await (const part of parts) expect(part).toHaveLength(1);
  expect(asked).toEqual([['stats'], ['name', 'stats']]);
});

it('a long list lets others have their turn', async () => {
  const slow: ListSource<number> = {
    items: Array.from({ length: 200 }, (_, at) => at),
    name: String,
    view: (at) => {
      const end = performance.now() + 0.2;
      while (performance.now() < end);
      return { at };
    },
  };
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const { parts } = await listing(slow, queryOf('sort=at'));
  const views = [];
  for await (const part of parts) views.push(...part);
  clearInterval(timer);
  expect(views).toHaveLength(200);
  expect(turns).toBeGreaterThan(3);
});
