import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { identifyProcess, isSameProcess } from '../../src/runners/process-identity.js';

test('a process is itself while it lives and nobody afterwards', async () => {
  const child = spawn('sleep', ['30']);
  const identity = identifyProcess(child.pid ?? 0);
  expect(identity).toMatchObject({ pid: child.pid });
  expect(identity !== null && isSameProcess(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identity !== null && isSameProcess(identity)).toBe(false);
  expect(identifyProcess(child.pid ?? 0)).toBeNull();
});

test('another start under the same pid is another process', () => {
  const self = identifyProcess(process.pid);
  expect(isSameProcess({ pid: process.pid, startedAt: `${self?.startedAt}0` })).toBe(false);
});
