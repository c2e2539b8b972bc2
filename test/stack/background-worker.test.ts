/** @needs temporal */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { BerthHome } from '../../src/home/home.js';
import { packageRoot } from '../../src/home/package-root.js';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';
import { diagnose } from '../../src/stack/diagnose.js';
import { ensureStack } from '../../src/stack/ensure-stack.js';
import { stopStack } from '../../src/stack/stop-stack.js';
import { useOwnHomes } from './use-own-homes.js';

const enterNewHome = useOwnHomes();

interface Records {
  server: ProcessIdentity;
  worker: ProcessIdentity & { state: string; build: string };
}

function readRecords(home: BerthHome): Records {
  const read = (name: string) => JSON.parse(readFileSync(join(home.stack, name), 'utf8'));
  const worker = read('worker.json');
  return { server: read('server.json').process, worker: { ...worker, ...worker.process } };
}

const changeWorkerRecord = (home: BerthHome, change: object): void => {
  const file = join(home.stack, 'worker.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
};

async function startStack(): Promise<string[]> {
  const lines: string[] = [];
  await ensureStack({ needsWorker: true, onProgress: (line) => lines.push(line) });
  return lines;
}

test('the worker polls both queues when the start returns, with the environment of its starter', async () => {
  const home = enterNewHome();
  process.env.BERTH_TEST_SECRET = 'inherited';
  expect(await startStack()).toEqual([
    expect.stringContaining('started the embedded Temporal server'),
    'started the worker',
  ]);
  const checks = await diagnose({ listAvailability: async () => [] });
  expect(checks.find(({ name }) => name === 'worker')).toMatchObject({ ok: true });
  if (process.platform === 'linux') {
    const environment = readFileSync(`/proc/${readRecords(home).worker.pid}/environ`, 'utf8').split('\0');
    expect(environment).toEqual(expect.arrayContaining(['BERTH_TEST_SECRET=inherited', `BERTH_HOME=${home.root}`]));
  }
  expect(await startStack()).toEqual([]);
});

test('concurrent starts share one worker, and a stop ends worker and server', async () => {
  const home = enterNewHome();
  const lines = await Promise.all([startStack(), startStack()]);
  expect(lines.flat().filter((line) => line.startsWith('started'))).toHaveLength(2);
  const { server, worker } = readRecords(home);
  expect(await stopStack()).toEqual({ worker: true, server: true });
  expect([identifyProcess(server.pid), identifyProcess(worker.pid)]).toEqual([null, null]);
});

test('a killed worker is started again, and the server keeps running', async () => {
  const home = enterNewHome();
  await startStack();
  const previous = readRecords(home);
  process.kill(previous.worker.pid, 'SIGKILL');
  while (isSameProcess(previous.worker)) await sleep(5);
  expect(await startStack()).toEqual(['started the worker']);
  const current = readRecords(home);
  expect(current.server).toEqual(previous.server);
  expect(current.worker.pid).not.toBe(previous.worker.pid);
});

test('a worker of another version is replaced', async () => {
  const home = enterNewHome();
  await startStack();
  const { worker } = readRecords(home);
  changeWorkerRecord(home, { build: '0.0.1 of another day' });
  expect(await startStack()).toEqual(['replaced the worker of another version']);
  expect(identifyProcess(worker.pid)).toBeNull();
  expect(readRecords(home).worker.build).toBe(worker.build);
});

test('a start that is killed before it records the worker’s pid leaves no second worker', async () => {
  const home = enterNewHome();
  await startStack();
  const { worker } = readRecords(home);
  changeWorkerRecord(home, { state: 'starting', process: null });
  await startStack();
  expect(identifyProcess(worker.pid)).toBeNull();
});

test('the error of a worker that cannot start has its output', async () => {
  enterNewHome();
  process.env.NODE_OPTIONS = '--require /no/such/module.cjs';
  await expect(startStack()).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: 'the worker ended during its start',
    details: { evidence: expect.stringContaining('/no/such/module.cjs') },
  });
});

test('a foreground worker replaces the one in the background, and commands start no other', async () => {
  const home = enterNewHome();
  await startStack();
  const { worker: background } = readRecords(home);
  const berthWorker = () =>
    spawn(process.execPath, [join(packageRoot, 'dist', 'client.js'), 'worker'], {
      env: process.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const foreground = berthWorker();
  try {
    while (readRecords(home).worker.pid !== foreground.pid) {
      if (foreground.exitCode !== null) throw new Error(await text(foreground.stderr));
      await sleep(50);
    }
    expect(isSameProcess(background)).toBe(false);
    expect(await startStack()).toEqual([]);
    const second = berthWorker();
    expect(await text(second.stderr)).toContain(`process ${foreground.pid} is already the worker of ${home.root}`);
    expect(await stopStack()).toEqual({ worker: true, server: true });
    expect(isSameProcess(identifyProcess(foreground.pid ?? 0) ?? background)).toBe(false);
  } finally {
    foreground.kill('SIGKILL');
  }
});
