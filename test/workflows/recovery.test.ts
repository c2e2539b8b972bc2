/** @needs git python3 uv temporal */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openSoftware } from '../../src/calls/open-software.js';
import { isSameProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';
import { ensureStack } from '../../src/stack/index.js';
import { connectOnce, deploy, startDeployment, waitForState } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();

type Part = 'server.json' | 'worker.json';

/** Kills a part of the stack like a crash, and waits until it is gone. */
async function killRecorded(part: Part): Promise<void> {
  const killed = readProcess(part);
  if (killed === null) throw new Error(`${part} names no process`);
  process.kill(killed.pid, 'SIGKILL');
  while (isSameProcess(killed)) await new Promise((resolve) => setTimeout(resolve, 10));
}

const isUp = (part: Part): boolean => {
  const recorded = readProcess(part);
  return recorded !== null && isSameProcess(recorded);
};

const readProcess = (part: Part) =>
  (JSON.parse(readFileSync(join(home.stack, part), 'utf8')) as { process: ProcessIdentity | null }).process;

const counting = (log: string) =>
  `import time\nwith open(${JSON.stringify(log)}, "a") as log:\n    log.write("import\\n")\ntime.sleep(1)\ndef predict(n: int):\n    return n + 1\n`;

const ask = async (name: string, n: number) => {
  const software = await openSoftware(name, home);
  const answer = await software.run({ n });
  await software.close();
  return answer;
};

test('running software outlives its worker and server, and is supervised again when they are back', async () => {
  const source = temporarySolution({ 'main.py': 'import os\ndef predict(n: int):\n    return [n, os.getpid()]\n' });
  await deploy({ name: 'outliving', solution: source });
  const before = await ask('outliving', 1);

  await killRecorded('worker.json');
  await killRecorded('server.json');
  expect(await ask('outliving', 1)).toEqual(before);
  await ensureStack({ needsWorker: true });
  expect(await waitForState('outliving', 'running')).toMatchObject({ restarts: 0 });
  expect(await ask('outliving', 1)).toEqual(before);

  // Missed heartbeats alone would take longer than this test waits.
  const [, pid] = (before as { output: [number, number] }).output;
  process.kill(pid, 'SIGKILL');
  expect(await waitForState('outliving', 'unhealthy')).toMatchObject({ lastError: { code: 'NOT_READY' } });
  expect(await waitForState('outliving', 'running')).toMatchObject({ restarts: 1 });
  await (await connectOnce()).cleanup('outliving');
});

test('a deployment survives the kill of its worker', async () => {
  const log = join(temporarySolution({}), 'imports.log');
  await startDeployment({ name: 'interrupted', solution: temporarySolution({ 'main.py': counting(log) }) });
  await waitForState('interrupted', 'verifying');
  await killRecorded('worker.json');
  await ensureStack({ needsWorker: true });

  expect(await waitForState('interrupted', 'running')).toMatchObject({ restarts: 0, lastError: null });
  expect(await ask('interrupted', 1)).toEqual({ status: 'success', output: 2 });
  await (await connectOnce()).cleanup('interrupted');
});

test('a client that follows a deployment restarts a killed stack and reports the remaining steps', async () => {
  const log = join(temporarySolution({}), 'imports.log');
  await startDeployment({ name: 'followed', solution: temporarySolution({ 'main.py': counting(log) }) });
  await waitForState('followed', 'verifying');
  const client = await connectOnce();
  const followed = client.follow('followed', () => {});
  await killRecorded('worker.json');
  await killRecorded('server.json');
  const killed = Date.now();
  while (!isUp('worker.json')) await new Promise((resolve) => setTimeout(resolve, 50));
  // The Temporal client’s own retries alone would take half a minute.
  expect(Date.now() - killed).toBeLessThan(20_000);
  expect(await followed).toMatchObject({ state: 'running', lastError: null });
  await client.cleanup('followed');
});

test('a cleanup requested while the worker is down runs when it is back', async () => {
  await deploy({ name: 'later', solution: temporarySolution({ 'main.py': 'def predict(n: int):\n    return n\n' }) });
  await killRecorded('worker.json');
  const client = await connectOnce();
  const cleaned = client.cleanup('later');
  await ensureStack({ needsWorker: true });
  expect(await cleaned).toMatchObject({ state: 'cleaned' });
});
