import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BerthError } from '../../src/errors.js';
import { writeDurably, writeDurablySync } from '../../src/home/durable-file.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

test('a file is replaced atomically, is readable only by this user, and leaves no temporary file', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'state.json');
  await writeDurably(path, 'a longer first text');
  await Promise.all(Array.from({ length: 20 }, (_, number) => writeDurably(path, `text ${number}`)));
  expect(readFileSync(path, 'utf8')).toMatch(/^text \d+$/);
  writeDurablySync(path, 'last');
  expect(readFileSync(path, 'utf8')).toBe('last');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(directory)).toEqual(['state.json']);
});

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['EROFS', 'HOME_UNUSABLE'],
])('a write that the disk refuses with %s is %s', (code, expected) => {
  const refused = Object.assign(new Error('write'), { code, path: '/somewhere/file' });
  expect(BerthError.from(refused)).toMatchObject({
    code: expected,
    message: expect.stringContaining('/somewhere/file'),
  });
});
