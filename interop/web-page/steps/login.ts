import assert from 'node:assert/strict';
import type { Broker } from '../broker.ts';
import type { Visit } from '../chromium.ts';

export async function login(visit: Visit, broker: Broker): Promise<void> {
  const { page } = visit;
  await broker.call('PUT', ['users', 'web-page-plain'], { password: 'p', tags: '' });
  await page.goto(visit.url);
  visit.expectRefusals(401);
  await visit.field('User').fill('guest');
  await visit.field('Password').fill('wrong');
  await visit.button('Log in').click();
  await visit.sees('Wrong user or password.');
  assert.equal(await visit.field('User').inputValue(), 'guest', 'the form keeps what was typed');

  visit.expectRefusals(401);
  await visit.field('User').fill('web-page-plain');
  await visit.field('Password').fill('p');
  await visit.button('Log in').click();
  await visit.sees('This user has no management tag');
  await broker.call('DELETE', ['users', 'web-page-plain']);

  await visit.logIn();
  assert.equal(await page.title(), 'Overview · WarrenMQ');
  const cookies = await visit.context.cookies();
  assert.ok(
    cookies.length > 0 &&
      cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite === 'Strict'),
  );
  assert.equal(await page.evaluate('document.cookie'), '');

  await page.reload();
  await visit.sees('Overview');
  await visit.logOut();
  await page.reload();
  await visit.field('User').waitFor();

  await visit.logIn();
  await visit.context.clearCookies();
  visit.expectSessionEnd();
  await visit.sees('Your session has ended. Please log in again.');
}
