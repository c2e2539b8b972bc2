import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readSourceText } from '../../src/workspaces/read-source-text.ts';
import { temporaryDirectory } from '../support/temporary-directories.ts';

describe('the text of a file of a repository', () => {
  let root: string;
  beforeEach(() => {
    root = join(temporaryDirectory(), 'repository');
    mkdirSync(root);
    writeFileSync(join(root, 'here.txt'), 'here\n');
  });

  test('is read, also through a link that stays inside', async () => {
    symlinkSync('here.txt', join(root, 'link.txt'));
    expect(await readSourceText(root, 'here.txt')).toEqual({ text: 'here\n' });
    expect(await readSourceText(root, 'link.txt')).toEqual({ text: 'here\n' });
  });

  test('has the encoding of its byte order mark', async () => {
    const text = 'six==1.16.0\n# é\n';
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    const written = { utf8: Buffer.from(`\uFEFF${text}`), little, big: Buffer.from(little).swap16() };
    for (const [name, content] of Object.entries(written)) {
      writeFileSync(join(root, name), content);
      expect(await readSourceText(root, name)).toEqual({ text });
    }
  });

  test('is not read outside the repository', async () => {
    writeFileSync(join(root, '..', 'outside.txt'), 'secret');
    symlinkSync('../outside.txt', join(root, 'link.txt'));
    for (const path of ['../outside.txt', 'link.txt', '/dev/zero', '/etc/passwd'])
      expect(await readSourceText(root, path)).toEqual({ problem: 'is outside the repository' });
  });

  test('never blocks on a FIFO or a directory', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(await readSourceText(root, 'fifo')).toEqual({ problem: 'is not a regular file' });
    expect(await readSourceText(root, '.')).toMatchObject({ problem: expect.anything() });
  });

  test('is missing if there is no file, or it is larger than the limit', async () => {
    expect(await readSourceText(root, 'nothing.txt')).toEqual({ problem: 'does not exist' });
    expect(await readSourceText(root, 'here.txt', 3)).toEqual({ problem: 'is larger than 3 bytes' });
  });
});
