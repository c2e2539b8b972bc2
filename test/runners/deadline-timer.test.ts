import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { DeadlineTimer } from '../../src/runners/deadline-timer.js';

test.each([
  ['as each becomes due', 0],
  ['all together, after the process was blocked', 200],
])('each timer fires once, not before its time, in order: %s', async (_, blocked) => {
  const began = performance.now();
  const fired: [number, number][] = [];
  for (const milliseconds of [90, 30, 150, 30, 60])
    new DeadlineTimer(milliseconds, () => fired.push([milliseconds, performance.now() - began]));
  while (performance.now() < began + blocked);
  await sleep(300);
  expect(fired.map(([milliseconds]) => milliseconds)).toEqual([30, 30, 60, 90, 150]);
  for (const [milliseconds, after] of fired) expect(after).toBeGreaterThanOrEqual(milliseconds - 2);
});

test('a cleared timer does not fire, even when a timer due at the same time clears it, and later timers fire', async () => {
  const fired: string[] = [];
  const first = new DeadlineTimer(20, () => fired.push('first'));
  new DeadlineTimer(40, () => {
    fired.push('second');
    third.clear();
  });
  const third = new DeadlineTimer(40, () => fired.push('third'));
  new DeadlineTimer(60, () => fired.push('fourth'));
  first.clear();
  await sleep(150);
  expect(fired).toEqual(['second', 'fourth']);
});

test('a timer that fires can set the next', async () => {
  const fired: number[] = [];
  const schedule = (left: number) => {
    fired.push(left);
    if (left > 0) new DeadlineTimer(10, () => schedule(left - 1));
  };
  new DeadlineTimer(10, () => schedule(3));
  await sleep(200);
  expect(fired).toEqual([3, 2, 1, 0]);
});

test.each([
  ['waits for an alarm', "new DeadlineTimer(200, () => console.log('fired'));", 'fired\n'],
  ['does not wait for one that is cleared', "new DeadlineTimer(60_000, () => console.log('fired')).clear();", ''],
  [
    'waits for one that is set after all were cleared',
    "new DeadlineTimer(60_000, () => undefined).clear(); new DeadlineTimer(200, () => console.log('fired'));",
    'fired\n',
  ],
  [
    'waits for one that is later than one that was cleared',
    "new DeadlineTimer(150, () => undefined).clear(); new DeadlineTimer(250, () => console.log('fired'));",
    'fired\n',
  ],
])('a process %s', async (_, script, output) => {
  const program = `
    import { createJiti } from 'jiti';
    const { DeadlineTimer } = await createJiti(import.meta.url).import('./src/runners/deadline-timer.ts');
    ${script}`;
  const options = { cwd: packageRoot, timeout: 20_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], options);
  expect(stdout).toBe(output);
});
