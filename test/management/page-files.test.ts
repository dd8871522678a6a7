import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PageFiles } from '../../src/management/page-files.ts';

const SCRIPT = 'console.log("hello");'.repeat(100);
let directory: string;
let page: PageFiles;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warrenmq-page-'));
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html>');
  writeFileSync(join(directory, 'assets', 'index-abc.js'), SCRIPT);
  page = new PageFiles(directory);
});

afterAll(() => rmSync(directory, { recursive: true }));

function ask(target: string, init: RequestInit = {}, prefix = ''): Response | undefined {
  return page.answer(new Request(`http://x${target}`, init), target, prefix);
}

describe('the page', () => {
  it('is the index, asked for each time', async () => {
    const answer = ask('/');
    expect([answer?.status, await answer?.text()]).toEqual([200, '<!doctype html>']);
    expect(answer?.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer?.headers.get('cache-control')).toBe('no-cache');
    expect(await ask('/index.html?x=1')?.text()).toBe('<!doctype html>');
  });

  it('has files that browsers keep for good', async () => {
    const answer = ask('/assets/index-abc.js');
    expect(answer?.headers.get('cache-control')).toContain('immutable');
    expect([answer?.headers.get('content-encoding'), await answer?.text()]).toEqual([null, SCRIPT]);
  });

  it('allows no inline script or style, no frame, no markup from text, no guessing of types', () => {
    const headers = ask('/')?.headers;
    const policy = headers?.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/unsafe|data:|\*/);
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "frame-ancestors 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy).toContain(directive);
    }
    expect(headers?.get('x-content-type-options')).toBe('nosniff');
    expect(headers?.get('referrer-policy')).toBe('no-referrer');
  });

  it('is compressed for those who ask', async () => {
    const answer = ask('/assets/index-abc.js', { headers: { 'accept-encoding': 'gzip, br' } });
    const bytes = Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(answer?.headers.get('content-length')).toBe(String(bytes.length));
    expect(gunzipSync(bytes).toString()).toBe(SCRIPT);
  });

  it('that did not change is not sent again', async () => {
    const etag = ask('/')?.headers.get('etag') ?? '';
    const again = ask('/', { headers: { 'if-none-match': `"other", ${etag}` } });
    expect([again?.status, await again?.text()]).toEqual([304, '']);
    expect(ask('/', { headers: { 'if-none-match': '"other"' } })?.status).toBe(200);
  });

  it('answers HEAD, and nothing that changes something', async () => {
    const head = ask('/assets/index-abc.js', { method: 'HEAD' });
    expect([head?.headers.get('content-length'), await head?.text()]).toEqual([
      String(SCRIPT.length),
      '',
    ]);
    expect(ask('/', { method: 'POST' })?.headers.get('allow')).toBe('HEAD, GET');
  });

  it.each(['/mgmt', '/queues', '/a/b'])('%s leads to the page', (target) => {
    const answer = ask(target, {}, '/prefix');
    expect([answer?.status, answer?.headers.get('location')]).toEqual([302, '/prefix/']);
  });

  it.each(['/assets/gone', '/favicon.ico', '/../package.json', '/assets/../../etc/passwd'])(
    '%s is not there',
    (target) => {
      const answer = page.answer(new Request('http://x/'), target, '');
      expect([undefined, 302]).toContain(answer?.status);
    },
  );

  it('that was not built is not served', () => {
    expect(new PageFiles(join(directory, 'none')).answer(new Request('http://x/'), '/', '')).toBe(
      undefined,
    );
  });

  it('has no file of a kind that it does not know', () => {
    const other = mkdtempSync(join(tmpdir(), 'warrenmq-page-'));
    writeFileSync(join(other, 'x.exe'), '');
    expect(() => new PageFiles(other)).toThrow('no known type');
    rmSync(other, { recursive: true });
  });
});
