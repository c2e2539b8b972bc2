import { expect, test } from '@jest/globals';
import { distance, parseVersion, parseVersionRange, satisfies } from '../../src/environments/python-version.js';

const fits = (version: string, specifier: string) =>
  satisfies(parseVersion(version), parseVersionRange(specifier) ?? []);

test.each([
  ['3.11.7', '3.11', true],
  ['3.11.7', '3.11.4', false],
  ['3.11.7', 'python-3.11', true],
  ['3.11.7', '>=3.9,<3.12', true],
  ['3.12.0', '>=3.9, <3.12', false],
  ['3.12.0', '>=3.9 <3.12', false],
  ['3.13.0', '^3.9', true],
  ['3.12.1', '~3.11', false],
  ['3.12.1', '~=3.11', true],
  ['3.11.9', '!=3.11.*', false],
  ['3.10.1', '==3.10.*', true],
])('Python %s for %s: %s', (version, specifier, expected) => {
  expect(fits(version, specifier)).toBe(expected);
});

test('a name that is not a CPython version has no range', () => {
  expect(parseVersionRange('pypy3.9')).toBeUndefined();
  expect(parseVersionRange('my-env')).toBeUndefined();
});

test('the distance is by minor version, then by patch', () => {
  const range = parseVersionRange('3.11.4') ?? [];
  const nearest = ['3.10.2', '3.12.0', '3.11.9', '3.11.7'].toSorted(
    (left, right) => distance(parseVersion(left), range) - distance(parseVersion(right), range),
  );
  expect(nearest[0]).toBe('3.11.7');
});
