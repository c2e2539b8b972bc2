/** @needs python3 uv */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { type BerthHome, revisionDirectory } from '../../src/home/home.js';
import { findMarkedProcessesBelow } from '../../src/processes/marked-processes.js';
import { createCloudName } from '../../src/runners/cloud/cloud-name.js';
import { recordCloudUsage } from '../../src/runners/cloud/cloud-usage.js';
import { chooseInstanceType } from '../../strategies/bentoml/cloud/choose-instance-type.js';
import { findNeeds } from '../../strategies/bentoml/needs.js';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';
import { createBentoPlan, prepareBentoEnvironment } from './bentoml-plan.js';
import { FakeBentoCloud, type FakeOptions } from './fake-bento-cloud.js';
import { readLog } from './read-log.js';

const token = 'token-5d1f0c';
const canary = 'canary-8a41e7';
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  await prepareBentoEnvironment();
});

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  delete process.env.BENTO_CLOUD_API_KEY;
  delete process.env.BENTO_CLOUD_API_ENDPOINT;
});

async function openCloud(options: Partial<FakeOptions> = {}): Promise<FakeBentoCloud> {
  const { python } = await prepareBentoEnvironment();
  const cloud = new FakeBentoCloud({ token, python, ...options });
  await cloud.listen();
  endings.push(() => cloud.close());
  process.env.BENTO_CLOUD_API_KEY = token;
  process.env.BENTO_CLOUD_API_ENDPOINT = cloud.address;
  return cloud;
}

/** Plain function below src, so that the code of the bento must be found there. */
const solution = {
  'requirements.txt': 'numpy\n',
  'src/shout.py': `import os
import numpy


def predict(text: str):
    if text == "raise":
        raise ValueError("no good")
    print("heard", text, flush=True)
    return [text.upper(), os.environ.get("CANARY"), os.environ.get("SERVICE_THREADS"), int(numpy.sum([1, 2]))]
`,
};

const makePlan = (changes: Partial<RunPlan> = {}) =>
  createBentoPlan(temporaryDirectory('berth-bento-'), solution, { provider: 'bentocloud', ...changes });

async function untilTrue(isTrue: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; !isTrue(); await sleep(50))
    if (Date.now() > deadline) throw new Error('the condition was not met in time');
}

const catchError = (work: Promise<unknown>): Promise<BerthError> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

test('a revision is pushed, deployed, called with the token, stopped, started again, and removed without a trace', async () => {
  const cloud = await openCloud({ buildTime: 700 });
  const plan = await makePlan({ resources: { cpu: 1, memory: '3Gi', replicas: 2, concurrency: 3 } });
  const runner = new BentoMLRunner(plan);
  const lines: string[] = [];
  const options = { env: { CANARY: canary }, onProgress: (line: string) => lines.push(line) };
  const handle = await runner.start(options);

  const [deployment] = cloud.deployments.values();
  const name = deployment?.request.name ?? '';
  expect(name).toMatch(/^demo-r1-[0-9a-f]{12}$/);
  expect(deployment?.request).toMatchObject({
    access_authorization: true,
    services: { Service: { instance_type: 'cpu.2', scaling: { min_replicas: 2, max_replicas: 2 } } },
  });
  expect(lines).toEqual(
    expect.arrayContaining([`BentoCloud: ${name} is image-building`, `BentoCloud: ${name} is running`]),
  );
  const output = ['FINE', canary, '3', 3];
  expect(await runner.run({ text: 'fine' })).toEqual({ status: 'success', output });
  const raised = {
    code: 'CALL_FAILED',
    type: 'ValueError',
    message: 'ValueError: no good',
    traceback: expect.stringContaining('service.py'),
  };
  expect(await runner.run({ text: 'raise' })).toMatchObject({ status: 'error', error: raised });
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: true, detail: expect.stringContaining('says running') });

  await runner.run({ text: 'grüße' });
  const printed = await readLog(runner, { until: 'heard grüße' });
  expect(printed).toEqual(
    expect.arrayContaining([`berth: BentoCloud: ${name} is running`, 'heard fine', 'heard grüße']),
  );
  const last = await readLog(runner, { tail: 2 });
  expect([last.length, last.includes('heard fine')]).toEqual([2, false]);
  const followed = readLog(runner, { tail: 0, follow: true, until: 'heard later' });
  await untilTrue(() => cloud.requests.includes('followed'));
  expect(cloud.requests).toContain('heartbeat');
  await runner.run({ text: 'later' });
  expect(await followed).toContain('heard later');
  expect(findMarkedProcessesBelow(plan.stateDirectory)).toEqual([]);

  process.env.BENTO_CLOUD_API_KEY = 'wrong';
  expect(await catchError(readLog(runner))).toMatchObject({ code: 'CLOUD_REFUSED' });
  expect(await runner.run({ text: 'x' })).toMatchObject({ error: { code: 'CLOUD_REFUSED' } });
  delete process.env.BENTO_CLOUD_API_KEY;
  const error = { code: 'CLOUD_REFUSED', message: expect.stringContaining('BENTO_CLOUD_API_KEY') };
  expect(await runner.run({ text: 'x' })).toMatchObject({ error });
  expect(await catchError(runner.stop())).toMatchObject({ code: 'CLOUD_REFUSED' });
  process.env.BENTO_CLOUD_API_KEY = token;

  const other = new BentoMLRunner(plan);
  await other.attach(JSON.parse(JSON.stringify(handle)) as Handle);
  expect(await other.run({ text: 'fine' })).toEqual({ status: 'success', output });
  const before = cloud.requests.length;
  await other.start(options); // takes over
  expect(cloud.requests.slice(before).filter((line) => !line.startsWith('GET'))).toEqual([]);

  await runner.stop();
  expect(cloud.listServers()).toEqual([]);
  expect(cloud.deployments.get(name)?.status).toBe('terminated');
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state: 'gone' });
  expect(await other.run({ text: 'fine' })).toMatchObject({ error: { code: 'NOT_RUNNING' } });
  expect(await readLog(runner)).toEqual(expect.arrayContaining(['heard fine', 'heard grüße', 'heard later']));
  await runner.stop();
  await runner.start(options);
  expect(await runner.run({ text: 'again' })).toMatchObject({ output: ['AGAIN', canary, '3', 3] });

  await runner.undo();
  await runner.undo();
  expect([cloud.deployments.size, cloud.secrets.size, cloud.bentos.size, cloud.listServers()]).toEqual([0, 0, 0, []]);
  await other.close();
  for (const secret of [token, canary]) {
    expect(JSON.stringify(handle)).not.toContain(secret);
    expect(lines.join('\n')).not.toContain(secret);
    for (const file of await listFiles(plan)) expect(readFileSync(file, 'utf8')).not.toContain(secret);
  }
});

/** Lists all files that a start has written. */
async function listFiles({ stateDirectory, logFile }: RunPlan): Promise<string[]> {
  const entries = await readdir(stateDirectory, { recursive: true, withFileTypes: true });
  return [logFile, ...entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))];
}

test('a failed deployment fails the start, and no process of it keeps running', async () => {
  const cloud = await openCloud({ outcome: 'image-build-failed' });
  const runner = new BentoMLRunner(await makePlan());
  const error = await catchError(runner.start({ env: {} }));
  expect(error).toMatchObject({ code: 'START_FAILED', message: expect.stringContaining('it is image-build-failed') });
  expect([...cloud.deployments.values()].map(({ status }) => status)).toEqual(['terminated']);
  await runner.undo();
  expect(cloud.deployments.size).toBe(0);
});

test('code that ends while it starts fails the start with its output', async () => {
  await openCloud();
  const code = 'import os\n\nif "DEPLOYED_AS" in os.environ:\n    raise RuntimeError("no licence here")\n';
  const files = { 'shout.py': `${code}\n\ndef predict(text: str):\n    return text\n` };
  const plan = await createBentoPlan(temporaryDirectory('berth-bento-'), files, { provider: 'bentocloud' });
  const runner = new BentoMLRunner(plan);
  const error = await catchError(runner.start({ env: {} }));
  expect(error).toMatchObject({ code: 'START_FAILED', message: expect.stringContaining('it is failed') });
  expect(error.details.evidence).toContain('RuntimeError: no licence here');
  await runner.undo();
});

test('an aborted start is taken over by the next one', async () => {
  const cloud = await openCloud({ buildTime: 1_500 });
  const plan = await makePlan();
  const cancel = new AbortController();
  const onProgress = (line: string) => line.endsWith('image-building') && cancel.abort(new Error('the worker ends'));
  await expect(new BentoMLRunner(plan).start({ env: {}, signal: cancel.signal, onProgress })).rejects.toThrow('ends');
  const runner = new BentoMLRunner(plan);
  await runner.start({ env: {} });
  expect(cloud.requests.filter((line) => line === 'POST /api/v2/deployments')).toHaveLength(1);
  await runner.undo();
  expect([cloud.deployments.size, cloud.listServers()]).toEqual([0, []]);
});

test('a refused token is not retried, an unreachable cloud is, and both name the remedy', async () => {
  const cloud = await openCloud();
  const runner = new BentoMLRunner(await makePlan());
  process.env.BENTO_CLOUD_API_KEY = 'wrong-9c2';
  const refused = await catchError(runner.start({ env: {} }));
  expect(refused).toMatchObject({ code: 'CLOUD_REFUSED', retryable: false });
  expect(refused.message).toContain('BENTO_CLOUD_API_KEY');
  expect(refused.message).not.toContain('wrong-9c2');
  expect(cloud.requests.filter((line) => !line.startsWith('GET'))).toEqual([]);
  delete process.env.BENTO_CLOUD_API_KEY;
  expect(await catchError(runner.start({ env: {} }))).toMatchObject({ code: 'CLOUD_REFUSED' });
  process.env.BENTO_CLOUD_API_KEY = token;
  cloud.failure = 503;
  expect(await catchError(runner.start({ env: {} }))).toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
  await cloud.close();
  const unreachable = await catchError(runner.start({ env: {} }));
  expect(unreachable).toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
  expect(unreachable.message).toContain(`${cloud.address}: ECONNREFUSED`);
  expect(await catchError(runner.undo())).toMatchObject({ code: 'CLOUD_UNREACHABLE' });
  endings.length = 0;
});

test('only resources with this home’s mark are found and removed, and BentoML’s own command lists the others', async () => {
  const cloud = await openCloud();
  const [home, another] = [temporaryHome(), temporaryHome()];
  const nameIn = (owner: BerthHome) =>
    createCloudName({
      deployment: 'demo',
      revision: 'r2',
      stateDirectory: revisionDirectory(owner, 'demo', 'r2').state,
    });
  const [ours, theirs] = [nameIn(home), nameIn(another)];
  const others = Array.from({ length: 120 }, (_, index) => `other-r1-${index}`);
  for (const name of [...others, theirs, 'demo-r2', ours]) {
    cloud.secrets.set(name, []);
    cloud.bentos.set(`demo:${name}`, { repository: 'demo', version: name, directory: '', status: 'success' });
    cloud.deployments.set(name, {
      request: { name, bento: `demo:${name}`, services: {} },
      status: 'running',
      port: 0,
    });
  }
  const owner = { deployment: 'demo', revision: 'r2', bytes: null };
  const found = await BentoMLRunner.listResources(home);
  expect(found).toMatchObject([
    { kind: 'BentoCloud deployment', name: ours, ...owner },
    { kind: 'BentoCloud secret', name: ours, ...owner },
    { kind: 'BentoCloud bento', name: `demo:${ours}`, ...owner },
  ]);
  for (const { remove } of found) await remove();
  for (const { remove } of found) await remove();
  for (const remaining of [cloud.deployments, cloud.secrets, cloud.bentos]) expect(remaining.size).toBe(122);
  expect([...cloud.deployments.keys()].at(-2)).toBe(theirs);
  expect(await listByCommand(['deployment', 'list'])).toContain(theirs);
  expect(await listByCommand(['secret', 'list'])).toContain('other-r1-0');
});

/** Lists with BentoML's own command, which validates the fake's replies. */
async function listByCommand(words: string[]): Promise<string> {
  const { python } = await prepareBentoEnvironment();
  const env = { ...process.env, BENTOML_HOME: temporaryDirectory(), BENTOML_DO_NOT_TRACK: 'True' };
  const { stdout } = await promisify(execFile)(python, ['-m', 'bentoml', ...words, '-o', 'json'], { env });
  return stdout;
}

test('a cloud that refuses requests has no resources of a home that never used it', async () => {
  await openCloud();
  const home = temporaryHome();
  process.env.BENTO_CLOUD_API_KEY = 'for-something-else';
  expect(await BentoMLRunner.listResources(home)).toEqual([]);
  await recordCloudUsage(process.env.BENTO_CLOUD_API_ENDPOINT ?? '', home);
  expect(await catchError(BentoMLRunner.listResources(home))).toMatchObject({ code: 'CLOUD_REFUSED' });
  delete process.env.BENTO_CLOUD_API_KEY;
  expect(await BentoMLRunner.listResources(home)).toEqual([]);
});

test('the cheapest sufficient instance type is chosen, and a missing one is reported', () => {
  const type = (name: string, price: string, requests: Record<string, string>, gpu?: string) => ({
    display_name: name,
    config: { price, resources: { requests }, gpu_config: gpu === undefined ? null : { type: gpu } },
  });
  const types = [
    type('large', '0.2', { cpu: '8', memory: '32Gi' }),
    type('small', '0.1', { cpu: '500m', memory: '1Gi' }),
    type('t4', '0.5', { cpu: '4', memory: '16Gi', gpu: '1' }, 'nvidia-tesla-t4'),
  ];
  expect(chooseInstanceType(types, {})).toBe('small');
  expect(chooseInstanceType(types, { cpu: 0.5, memory: '2Gi' })).toBe('large');
  expect(chooseInstanceType(types, { gpu: 'T4' })).toBe('t4');
  expect(chooseInstanceType([], { cpu: 64 })).toBeUndefined();
  expect(() => chooseInstanceType(types, { gpu: 'H100', cpu: 1 })).toThrow(
    'has cpu=1 gpu=H100; there are: large, small, t4',
  );
});

test('the cloud needs a token, and this machine nothing', async () => {
  expect(await findNeeds(null)).toEqual([]);
  expect(await findNeeds('bentocloud')).toMatchObject([
    { isMet: false, remedy: expect.stringContaining('set BENTO_CLOUD_API_KEY') },
  ]);
  process.env.BENTO_CLOUD_API_KEY = token;
  expect(await findNeeds('bentocloud')).toMatchObject([{ isMet: true, remedy: null }]);
});
