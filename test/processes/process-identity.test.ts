import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { isPortFree } from '../../src/processes/ports.js';
import { identifyProcess, isSameProcess } from '../../src/processes/process-identity.js';

test('a process keeps its identity while it lives and has none afterwards', async () => {
  const child = spawn('sleep', ['30']);
  const identity = identifyProcess(child.pid ?? 0);
  expect(identity).toMatchObject({ pid: child.pid });
  expect(identity !== null && isSameProcess(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identity !== null && isSameProcess(identity)).toBe(false);
  expect(identifyProcess(child.pid ?? 0)).toBeNull();
});

/** Server with threads that end after the main thread. */
const threaded = `
const { Worker } = require('node:worker_threads');
for (let count = 0; count < 4; count += 1) new Worker('Buffer.alloc(5e7, 1); setInterval(() => {}, 1000)', { eval: true });
const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
  setTimeout(() => console.log(server.address().port), 200);
});
`;

test('a killed process has ended, and freed its port, when all its threads have ended', async () => {
  const taken: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, ['-e', threaded], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = Number(String((await once(child.stdout, 'data'))[0]));
    const identity = identifyProcess(child.pid ?? 0);
    child.kill('SIGKILL');
    while (identity !== null && isSameProcess(identity)); // no pause: the next check may come too late
    if (!(await isPortFree(port))) taken.push(port);
  }
  expect(taken).toEqual([]);
});

test('a later process with the same pid has another identity', () => {
  const self = identifyProcess(process.pid);
  expect(isSameProcess({ pid: process.pid, startedAt: `${self?.startedAt}0` })).toBe(false);
});
