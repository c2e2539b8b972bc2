// Takes a lock N times, and adds one to a counter each time; with `hold`, never releases the lock.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../src/processes/lock.js';

const [directory = '', work = ''] = process.argv.slice(2);
const counter = join(directory, 'counter.txt');

async function count(): Promise<void> {
  const number = Number(readFileSync(counter, 'utf8'));
  await sleep(1);
  writeFileSync(counter, String(number + 1));
}

async function hold(): Promise<void> {
  process.stdout.write('held\n');
  await sleep(60_000);
}

const lock = { directory: join(directory, 'lock') };
if (work === 'hold') await withLock(lock, hold);
else for (let round = 0; round < Number(work); round += 1) await withLock(lock, count);
