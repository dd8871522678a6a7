import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { profilePath, readProfile } from '../../src/cli/profile.ts';

let home: string;
let environment: Record<string, string>;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'warren-profile-'));
  environment = { HOME: home };
});
afterEach(() => rmSync(home, { recursive: true }));

function write(content: string, mode = 0o600): void {
  const path = profilePath(environment);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode);
}

const profiles = `
default.url = http://localhost:1
production.url = https://broker.example
production.user = admin
production.password = 'a # b'
`;

test('there need not be any', () => {
  expect(readProfile(undefined, environment)).toEqual({});
});

test('default is taken when none is named, and others by flag or variable', () => {
  write(profiles);
  const production = { url: 'https://broker.example', user: 'admin', password: 'a # b' };
  expect(readProfile(undefined, environment)).toEqual({ url: 'http://localhost:1' });
  expect(readProfile('production', environment)).toEqual(production);
  expect(readProfile(undefined, { ...environment, WARREN_PROFILE: 'production' })).toEqual(
    production,
  );
});

test('the file may be elsewhere', () => {
  expect(profilePath({ HOME: '/h' })).toBe('/h/.config/warren/profiles.conf');
  expect(profilePath({ HOME: '/h', XDG_CONFIG_HOME: '/c' })).toBe('/c/warren/profiles.conf');
  expect(profilePath({ WARREN_PROFILE_FILE: '/f' })).toBe('/f');
});

test('one that is not there is an error with those that are', () => {
  expect(() => readProfile('production', environment)).toThrow(/does not exist/);
  write(profiles);
  expect(() => readProfile('prod', environment)).toThrow(/there is no profile 'prod'/);
});

test('all mistakes are told, with their lines', () => {
  write('nonsense\na.colour = red\na.url = http://x\n');
  expect(() => readProfile(undefined, environment)).toThrow(
    /profiles\.conf:1: expected "key = value"[^\n]*\n.*profiles\.conf:2: a\.colour is none of/,
  );
});

test('a password that others can read is refused', () => {
  write(profiles, 0o644);
  expect(readProfile(undefined, environment)).toEqual({ url: 'http://localhost:1' });
  expect(() => readProfile('production', environment)).toThrow(/others on this machine can read/);
});
