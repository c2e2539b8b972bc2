import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { CallCounter, mergeCallCounts, readCallCounts } from '../../src/calls/call-counter.js';

const root = mkdtempSync(join(tmpdir(), 'berth-tally-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const stateDirectory = () => mkdtempSync(join(root, `${count++}-`));

test('calls are counted as they begin and end, and errors of the caller are not failures', async () => {
  const state = stateDirectory();
  expect(await readCallCounts(state)).toEqual({ running: 0, ended: 0, failed: 0 });
  const counter = CallCounter.open(state);
  for (let call = 0; call < 5; call += 1) counter.begin();
  counter.end(undefined);
  counter.end('CALL_FAILED');
  counter.end('CALL_CANCELLED');
  counter.revert();
  counter.flush();
  expect(await readCallCounts(state)).toEqual({ running: 1, ended: 3, failed: 1 });
  expect(CallCounter.open(state)).toBe(counter);
});

test('the file of a busy caller always shows a running call, and an ended call within moments', async () => {
  const state = stateDirectory();
  const counter = CallCounter.open(state);
  expect(counter.begin()).toBe(false);
  expect(counter.begin()).toBe(true);
  expect((await readCallCounts(state)).running).toBeGreaterThan(0);
  counter.end(undefined);
  counter.end(undefined);
  while ((await readCallCounts(state)).running > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await readCallCounts(state)).toEqual({ running: 0, ended: 2, failed: 0 });
  expect(counter.begin()).toBe(false);
});

test('calls of an ended process are not running, and are counted once', async () => {
  const state = stateDirectory();
  CallCounter.open(state).begin();
  const record = Buffer.alloc(24);
  for (const [index, value] of [7, 4, 2].entries()) record.writeDoubleLE(value, index * 8);
  const { pid } = spawnSync('true');
  writeFileSync(join(state, 'calls', `${pid}-gone`), record);
  const tally = { running: 1, ended: 4, failed: 2 };
  expect(await readCallCounts(state)).toEqual(tally);
  await mergeCallCounts(state);
  expect(await readCallCounts(state)).toEqual(tally);
  await mergeCallCounts(state);
  expect(await readCallCounts(state)).toEqual(tally);
  expect(readdirSync(join(state, 'calls'))).toHaveLength(2);
});

test('calls continue without being counted if nothing can be written', async () => {
  const counter = CallCounter.open(join(root, 'missing', 'state'));
  counter.begin();
  counter.end(undefined);
  expect(await readCallCounts(join(root, 'missing', 'state'))).toEqual({ running: 0, ended: 0, failed: 0 });
});
