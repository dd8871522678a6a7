// A real Chromium with a fresh profile, and visits of the page in it that notice everything that goes wrong.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { until } from './until.ts';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const WIDE = { width: 1280, height: 820 };
export const PHONE = { width: 390, height: 844 };
export const PATIENCE_MS = 15_000;

export class Chromium {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Chromium> {
    const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
    return new Chromium(await chromium.launch({ executablePath, args: ARGUMENTS }));
  }

  async visit(url: string): Promise<Visit> {
    const context = await this.#browser.newContext({ viewport: WIDE, acceptDownloads: true });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Visit(url, context, await context.newPage());
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

export class Visit {
  readonly url: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly problems: string[] = [];
  /** Refusals that a step asks for: the browser writes each to the console. */
  readonly #expectedStatuses: number[] = [];
  #isOffline = false;
  #isSessionEnding = false;

  constructor(url: string, context: BrowserContext, page: Page) {
    this.url = url;
    this.context = context;
    this.page = page;
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      if (this.#isExpected(message.text())) return;
      this.problems.push(`console: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.problems.push(`error: ${error.stack ?? error.message}`));
    page.on('crash', () => this.problems.push('the page crashed'));
    page.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!/^(blob:|data:)/.test(request.url()) && !request.url().startsWith(url)) {
        this.problems.push(`a request to elsewhere: ${request.url()}`);
      }
    });
  }

  #isExpected(text: string): boolean {
    if (this.#isOffline && text.includes('net::ERR_FAILED')) return true;
    if (this.#isSessionEnding && text.includes('status of 401')) return true;
    const status = /status of (\d+)/.exec(text)?.[1];
    const at = this.#expectedStatuses.indexOf(Number(status));
    if (at < 0) return false;
    this.#expectedStatuses.splice(at, 1);
    return true;
  }

  /** The next refusals with these statuses are what the step is about. */
  expectRefusals(...statuses: readonly number[]): void {
    this.#expectedStatuses.push(...statuses);
  }

  /** From now on requests may fail: the step takes the network away. */
  expectNetworkErrors(): void {
    this.#isOffline = true;
  }

  /** From now on the session is over, and what the page asked before it learns of that is refused. */
  expectSessionEnd(): void {
    this.#isSessionEnding = true;
  }

  /** What is under way meanwhile is refused: whoever logs out ends the session for it, too. */
  async logOut(): Promise<void> {
    this.expectSessionEnd();
    await this.button('Log out').click();
    await this.sees('You are logged out.');
  }

  async logIn(user = 'guest', password = 'guest'): Promise<void> {
    await this.page.goto(this.url);
    // Nothing of an earlier session is under way any more.
    this.#isSessionEnding = false;
    await this.page.getByLabel('User').fill(user);
    await this.page.getByLabel('Password').fill(password);
    await this.button('Log in').click();
    await this.page.locator('h1#title').waitFor();
  }

  /** Opens a page by its address: names are encoded here. */
  async open(
    segments: readonly string[],
    query: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const search = new URLSearchParams(query).toString();
    const path = `#/${segments.map(encodeURIComponent).join('/')}`;
    const [left] = new URL(this.page.url()).hash.split('?');
    // Another page of the same document has another title: that of the page that is left would be found at once.
    if ((left || '#/') !== path) {
      await this.page.evaluate("document.querySelector('h1#title')?.classList.add('left')");
    }
    await this.page.goto(`${this.url}${path}${search === '' ? '' : `?${search}`}`);
    await this.page.locator('h1#title:not(.left)').waitFor();
  }

  /** Clicks a tab or an entry of the navigation, and waits until it is the one that is shown. */
  async follow(name: string, within: Page | Locator = this.page): Promise<void> {
    const link = this.link(name, within);
    await link.click();
    await link.and(this.page.locator('[aria-current=page]')).waitFor();
  }

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  link(name: string, within: Page | Locator = this.page): Locator {
    return within.getByRole('link', { name, exact: true });
  }

  field(name: string, within: Page | Locator = this.page): Locator {
    return within.getByLabel(name, { exact: true });
  }

  /** The modal window. */
  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  panel(title: string): Locator {
    return this.page.getByRole('region', { name: title, exact: true });
  }

  row(text: string | RegExp): Locator {
    return this.page.getByRole('row').filter({ hasText: text });
  }

  /** The words that the page says after an action. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async doesNotSee(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor({ state: 'detached' });
  }

  /** Types what the window asks for, after a look at what it says would be lost. */
  async confirm(action: string, says: RegExp, typed?: string): Promise<void> {
    await this.dialog.getByText(says).first().waitFor();
    const button = this.button(action, this.dialog);
    if (typed !== undefined) {
      if (await button.isEnabled()) throw new Error(`${action} needs no typed name`);
      await this.dialog.locator('input[name=typed]').fill(typed);
    }
    await button.click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** Until an expression holds in the page; its content policy allows no evaluation by itself. */
  async holds(expression: string): Promise<void> {
    await until(`${expression} holds`, () => this.page.evaluate<boolean>(`Boolean(${expression})`));
  }

  /** By how many pixels the page is wider than its window. */
  async overflow(): Promise<number> {
    const width = await this.page.evaluate<number>('document.documentElement.scrollWidth');
    return width - (this.page.viewportSize()?.width ?? 0);
  }

  async shoot(name: string): Promise<void> {
    const directory = process.env['WEB_PAGE_SHOTS'];
    if (directory === undefined) return;
    mkdirSync(directory, { recursive: true });
    await this.page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
  }

  async keepFailure(step: string): Promise<void> {
    await this.shoot(`failed-${step}`).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
