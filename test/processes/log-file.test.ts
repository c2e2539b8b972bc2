import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { readLog, readTail } from '../../src/processes/log-file.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const collect = async (lines: AsyncIterable<string>): Promise<string[]> => {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
};

test('the last lines are found in a log of any length', async () => {
  const file = join(temporaryDirectory(), 'log');
  const lines = Array.from({ length: 30_000 }, (_, number) => `line ${number} é`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  expect(await collect(readLog(file))).toEqual(lines);
  for (const tail of [0, 1, 3, 20_000, 99_999])
    expect(await collect(readLog(file, { tail }))).toEqual(tail === 0 ? [] : lines.slice(-tail));
});

test('an unfinished last line counts as one', async () => {
  const file = join(temporaryDirectory(), 'log');
  writeFileSync(file, 'one\ntwo\nthree');
  expect(await readTail(file, 2)).toBe('two\nthree');
});

test('a missing log is empty', async () => {
  expect(await collect(readLog(join(temporaryDirectory(), 'none'), { tail: 5 }))).toEqual([]);
});

test('following yields appended lines, also after the log was truncated, until the signal aborts', async () => {
  const file = join(temporaryDirectory(), 'log');
  writeFileSync(file, 'old\n');
  const stop = new AbortController();
  const following = collect(readLog(file, { follow: true, signal: stop.signal }));
  await sleep(50);
  appendFileSync(file, 'new li');
  await sleep(150);
  appendFileSync(file, 'ne\n');
  await sleep(150);
  truncateSync(file);
  await sleep(150);
  appendFileSync(file, 'afresh\n');
  await sleep(150);
  stop.abort();
  expect(await following).toEqual(['old', 'new line', 'afresh']);
});
