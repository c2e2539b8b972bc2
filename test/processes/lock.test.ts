import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { withLock } from '../../src/processes/lock.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const directory = temporaryDirectory();
const lock = { directory: join(directory, 'lock') };
const children: ChildProcess[] = [];

const startHolder = (work: string): ChildProcess => {
  const jiti = join(packageRoot, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');
  const script = join(packageRoot, 'test', 'processes', 'lock-holder.ts');
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const child = spawn(process.execPath, [jiti, script, directory, work], { stdio: [...stdio] });
  children.push(child);
  return child;
};

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('only one process at a time holds the lock', async () => {
  writeFileSync(join(directory, 'counter.txt'), '0');
  const ends = [1, 2, 3].map(() => once(startHolder('15'), 'exit'));
  await Promise.all(ends);
  expect(readFileSync(join(directory, 'counter.txt'), 'utf8')).toBe('45');
});

test('waiting processes take over the lock of a killed holder one after another', async () => {
  const holder = startHolder('hold');
  await once(holder.stdout ?? holder, 'data');
  const order: string[] = [];
  const enter = (name: string) =>
    withLock(lock, async () => {
      order.push(`${name} in`);
      await sleep(5);
      order.push(`${name} out`);
    });
  const all = Promise.all(['a', 'b', 'c'].map(enter));
  await sleep(60);
  expect(order).toEqual([]);
  holder.kill('SIGKILL');
  await all;
  const names = order.filter((_, index) => index % 2 === 0).map((entry) => entry.slice(0, 1));
  expect(names.toSorted()).toEqual(['a', 'b', 'c']);
  expect(order).toEqual(names.flatMap((name) => [`${name} in`, `${name} out`]));
});

test('a waiting process gets the holder of the lock once', async () => {
  const holder = startHolder('hold');
  await once(holder.stdout ?? holder, 'data');
  const holders: number[] = [];
  const waiting = withLock({ ...lock, onWait: ({ pid }) => holders.push(pid) }, async () => 'done');
  await sleep(1200);
  holder.kill('SIGKILL');
  expect(await waiting).toBe('done');
  expect(holders).toEqual([holder.pid]);
});

test('an action that throws releases the lock', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lock, async () => 'free')).toBe('free');
});
