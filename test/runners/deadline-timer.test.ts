import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { DeadlineTimer } from '../../src/runners/deadline-timer.js';

test.each([
  ['as they come', 0],
  ['all at once, where something held the process up', 200],
])('each timer fires once, not before its time, in order: %s', async (_, held) => {
  const began = performance.now();
  const rung: [number, number][] = [];
  for (const milliseconds of [90, 30, 150, 30, 60])
    new DeadlineTimer(milliseconds, () => rung.push([milliseconds, performance.now() - began]));
  while (performance.now() < began + held);
  await sleep(300);
  expect(rung.map(([milliseconds]) => milliseconds)).toEqual([30, 30, 60, 90, 150]);
  for (const [milliseconds, after] of rung) expect(after).toBeGreaterThanOrEqual(milliseconds - 2);
});

test('a cleared timer does not fire, even when a timer due with it clears it, and later ones do', async () => {
  const rung: string[] = [];
  const first = new DeadlineTimer(20, () => rung.push('first'));
  new DeadlineTimer(40, () => {
    rung.push('second');
    third.clear();
  });
  const third = new DeadlineTimer(40, () => rung.push('third'));
  new DeadlineTimer(60, () => rung.push('fourth'));
  first.clear();
  await sleep(150);
  expect(rung).toEqual(['second', 'fourth']);
});

test('a timer that fires can set the next', async () => {
  const rung: number[] = [];
  const ring = (left: number) => {
    rung.push(left);
    if (left > 0) new DeadlineTimer(10, () => ring(left - 1));
  };
  new DeadlineTimer(10, () => ring(3));
  await sleep(200);
  expect(rung).toEqual([3, 2, 1, 0]);
});

test.each([
  ['waits for an alarm', "new DeadlineTimer(200, () => console.log('rung'));", 'rung\n'],
  ['does not wait for one that is cleared', "new DeadlineTimer(60_000, () => console.log('rung')).clear();", ''],
  [
    'waits for one that is set after all were cleared',
    "new DeadlineTimer(60_000, () => undefined).clear(); new DeadlineTimer(200, () => console.log('rung'));",
    'rung\n',
  ],
  [
    'waits for one that is later than one that was cleared',
    "new DeadlineTimer(150, () => undefined).clear(); new DeadlineTimer(250, () => console.log('rung'));",
    'rung\n',
  ],
])('a process %s', async (_, script, said) => {
  const program = `
    import { createJiti } from 'jiti';
    const { DeadlineTimer } = await createJiti(import.meta.url).import('./src/runners/deadline-timer.ts');
    ${script}`;
  const options = { cwd: packageRoot, timeout: 20_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], options);
  expect(stdout).toBe(said);
});
