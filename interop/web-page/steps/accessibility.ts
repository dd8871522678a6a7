import { type Broker, VHOST } from '../broker.ts';
import type { Visit } from '../chromium.ts';

/** In every page: landmarks, one heading of the first order, names for all that can be used, tables with scopes. */
export const CHECKS = `(() => {
  const bad = [];
  const say = (what, element) => bad.push(what + ': ' + element.outerHTML.slice(0, 120));
  const visible = (element) => element.checkVisibility();
  if (document.querySelectorAll('h1').length !== 1) bad.push('not one h1');
  if (document.querySelectorAll('main').length !== 1) bad.push('not one main');
  if (document.documentElement.lang === '') bad.push('no language');
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
    const name = field.getAttribute('aria-label') || [...field.labels].map((label) => label.textContent).join('');
    if (!name.trim()) say('a field without a name', field);
  }
  for (const element of document.querySelectorAll('button, a')) {
    const name = element.getAttribute('aria-label') || element.textContent;
    if (!name.trim()) say('a control without a name', element);
    if (element.matches('a') && !element.hasAttribute('href')) say('a link to nowhere', element);
  }
  for (const table of document.querySelectorAll('table')) {
    if (table.caption === null) say('a table without a caption', table);
    for (const head of table.querySelectorAll('th')) if (!head.scope) say('a head without a scope', head);
    for (const row of table.querySelectorAll('tbody tr')) {
      if (row.querySelector('th[scope=row]') === null) say('a row without a head', row);
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size < ids.length) bad.push('an id that is there twice: ' + ids);
  for (const element of document.querySelectorAll('section, nav')) {
    if (!element.getAttribute('aria-label')) say('a landmark without a name', element);
  }
  return bad;
})()`;

/** The least contrast of any visible text with what lies behind it: 4.5 to 1, large text 3 to 1. */
const CONTRAST = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const parse = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
  const behind = (element) => {
    if (element === null) return [255, 255, 255, 1];
    const color = parse(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, behind(element.parentElement));
  };
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility({ opacityProperty: true })) continue;
    // What is off is meant to step back.
    if (element.closest(':disabled, .hidden, noscript, [aria-pressed=false]') !== null) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [a, b] = [light(over(parse(style.color), ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.6 && style.fontWeight >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) bad.push(ratio.toFixed(2) + ' ' + node.textContent.trim().slice(0, 30) + ' ' + element.className);
  }
  return [...new Set(bad)].slice(0, 8);
})()`;

export async function accessibility(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.declareQueue('page', { 'x-max-length': 5 });
  await broker.publish('page', '{"a":1}');
  const connection = await broker.connect('reader');
  await (await connection.createChannel()).consume('page', () => undefined, {
    consumerTag: 'reader',
  });
  await visit.logIn();
  const pages: readonly (readonly string[])[] = [
    [],
    ['connections'],
    ['channels'],
    ['consumers'],
    ['exchanges'],
    ['exchanges', VHOST, 'amq.topic'],
    ['queues'],
    ['queues', VHOST, 'page'],
    ['policies'],
    ['users'],
    ['users', 'guest'],
    ['vhosts'],
    ['vhosts', VHOST],
    ['limits'],
    ['definitions'],
  ];
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const segments of pages) {
      await visit.open(segments);
      await page.locator('.panel, .tiles').first().waitFor();
      const bad = [
        ...(await page.evaluate<string[]>(CHECKS)),
        ...(await page.evaluate<string[]>(CONTRAST)),
      ];
      if (bad.length > 0) throw new Error(`/${segments.join('/')} (${scheme}): ${bad.join(' · ')}`);
    }
    for (const tab of ['messages', 'consumers', 'bindings', 'publish', 'move']) {
      await visit.open(['queues', VHOST, 'page'], { tab });
      await page.locator('.panel').first().waitFor();
      const bad = [
        ...(await page.evaluate<string[]>(CHECKS)),
        ...(await page.evaluate<string[]>(CONTRAST)),
      ];
      if (bad.length > 0) throw new Error(`queue, ${tab} (${scheme}): ${bad.join(' · ')}`);
    }
  }
  await visit.open(['queues']);
  await visit.button('Add queue').click();
  const bad = await page.evaluate<string[]>(CHECKS);
  if (bad.length > 0) throw new Error(`adding a queue: ${bad.join(' · ')}`);
  await connection.close();
  await broker.call('DELETE', ['queues', VHOST, 'page']);
}
