/** @needs git python3 uv temporal */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import type { DeploymentInfo } from '../../src/contract/index.js';
import { packageRoot } from '../../src/home/package-root.js';
import { runBin } from '../support/bin.js';
import { startTemporal, stopTemporal } from '../support/temporal-server.js';
import { registerCleanup, temporaryHome, temporarySolution } from '../support/temporary-directories.js';

// Two hosts with one server of this file’s own: the workflow runs on one host while the other, which holds the
// deployment, is unreachable.

const name = `far-${process.pid}`;
const homes = { near: temporaryHome(), far: temporaryHome() };

const environmentOf = (host: keyof typeof homes) => ({
  TEMPORAL_ADDRESS: process.env.BERTH_TEST_TEMPORAL ?? '',
  TEMPORAL_UI: 'http://ui.example.com',
  BERTH_HOME: homes[host].root,
  BERTH_HOST_ID: `${host}-${process.pid}`,
});

/** Starts a worker in a separate process group from the software that it deploys. */
function startWorker(host: keyof typeof homes): ChildProcess {
  const client = join(packageRoot, 'dist', 'client.js');
  const env = { ...process.env, ...environmentOf(host) };
  const worker = spawn(process.execPath, [client, 'worker'], { env, detached: true, stdio: 'ignore' });
  registerCleanup(() => killGroup(worker));
  return worker;
}

function killGroup({ pid = 0 }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

async function berth(...words: string[]): Promise<DeploymentInfo> {
  const { stdout, stderr } = await runBin([...words, '--json'], { env: environmentOf('far') });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as DeploymentInfo;
}

async function untilInfo(isSo: (info: DeploymentInfo) => boolean): Promise<DeploymentInfo> {
  for (;;) {
    const info = await berth('status', name);
    if (isSo(info)) return info;
    await sleep(2_000);
  }
}

/** Waits until the server knows that the worker polls. */
async function deployWhenReady(source: string): Promise<DeploymentInfo> {
  for (;;) {
    const info = await berth('deploy', source, '--name', name);
    if ('state' in info) return info;
    await sleep(500);
  }
}

beforeAll(async () => {
  await startTemporal();
  registerCleanup(stopTemporal);
});

test('a redeploy waits for an unreachable host, shows that, and continues when it is back', async () => {
  const source = temporarySolution({ 'main.py': 'def predict(n: int = 1):\n    return n\n' });
  const worker = startWorker('far');
  expect(await deployWhenReady(source)).toMatchObject({ state: 'running', revision: 'r1' });
  startWorker('near');
  killGroup(worker);
  writeFileSync(join(source, 'main.py'), 'def predict(n: int = 1):\n    return n + 1\n');
  const redeploying = berth('redeploy', name);
  const waiting = await untilInfo(({ change }) => change?.lastError !== null && change?.lastError !== undefined);
  expect(waiting).toMatchObject({
    state: 'running',
    revision: 'r1',
    webUrl: `http://ui.example.com/namespaces/default/workflows/deployment-${name}`,
    change: { lastError: { code: 'WORKER_UNREACHABLE' } },
  });
  startWorker('far');
  expect(await redeploying).toMatchObject({ state: 'running', revision: 'r2', change: null });
  const { stdout } = await runBin(['run', name, '{"n": 1}'], { env: environmentOf('far') });
  expect(JSON.parse(stdout)).toEqual({ status: 'success', output: 2 });
  expect(await berth('cleanup', name)).toMatchObject({ state: 'cleaned' });
}, 240_000);
