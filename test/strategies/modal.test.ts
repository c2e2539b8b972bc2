import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { SelectorAgent } from '../../src/selection/index.js';
import { appName } from '../../strategies/modal/app-name.js';
import { findNeeds } from '../../strategies/modal/needs.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary.js';
import { failureOf, readLines } from './conformance.js';
import { modalPlan, openFakeModal } from './modal-plan.js';

const root = temporaryDirectory('berth-modal-plans-');
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
}, 180_000);

afterEach(() => {
  Object.assign(process.env, modal.variables);
  modal.account.buildFailure = undefined;
});

let counter = 0;
const planFor = (files: Record<string, string>, changes: Parameters<typeof modalPlan>[2] = {}): Promise<RunPlan> => {
  counter += 1;
  return modalPlan(join(root, String(counter)), files, { revision: `r${counter}`, ...changes });
};

async function withRunner(plan: RunPlan, body: (runner: ModalRunner) => Promise<void>): Promise<void> {
  const runner = new ModalRunner(plan);
  try {
    await runner.start({ env: {} });
    await body(runner);
  } finally {
    await runner.undo();
  }
  expect(modal.account.listLive(appName(plan))).toEqual([]);
}

const ownApp = `import datetime

import modal

app = modal.App("shop")
keys = modal.Secret.from_dict({"SHOP": "open"})


@app.function(cpu=2, secrets=[keys])
def price(name: str, times: int = 2) -> dict:
    import os

    return {"price": len(name) * times, "shop": os.environ["SHOP"], "extra": os.environ.get("EXTRA")}


@app.function(memory=512)
def report(inputs: dict):
    return {"day": datetime.date(2024, 2, 29).isoformat(), "got": inputs, "big": 2**60, "parts": {1}, "raw": b"x"}


@app.function()
def slow(seconds: float):
    import time

    time.sleep(seconds)
    return seconds


@app.cls()
class Counter:
    @modal.enter()
    def begin(self):
        self.calls = 0

    @modal.method()
    def count(self):
        self.calls += 1
        return self.calls
`;

test('a function of the repository’s own app is called by name, and gets the variables beside its own secrets', async () => {
  const plan = await planFor({ 'shop.py': ownApp }, { entry: 'shop:price', resources: { memory: '1.5Gi', gpu: 'L4' } });
  const runner = new ModalRunner(plan);
  await runner.start({ env: { EXTRA: 'more' } });
  const output = { price: 12, shop: 'open', extra: 'more' };
  expect(await runner.run({ name: 'jam', times: 4 })).toEqual({ status: 'success', output });
  expect(failureOf(await runner.run(['jam']))).toMatchObject({ code: 'CALL_INPUT' });
  expect(failureOf(await runner.run({ size: 1 }))).toMatchObject({ code: 'CALL_FAILED', type: 'TypeError' });
  const described = (name: string) => modal.account.describe(appName(plan), name)?.resources;
  expect(described('price')).toMatchObject({ milli_cpu: 2000, memory_mb: 1536, gpu_config: { gpu_type: 'L4' } });
  expect(described('report')).toMatchObject({ memory_mb: 512, gpu_config: { gpu_type: '' } });
  await runner.undo();
  expect(modal.account.findSecret(appName(plan))).toBeUndefined();
}, 60_000);

test('a method is called on an instance that the container keeps', async () => {
  await withRunner(await planFor({ 'shop.py': ownApp }, { entry: 'shop:Counter.count' }), async (runner) => {
    expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
    expect(await runner.run({})).toEqual({ status: 'success', output: 2 });
  });
}, 60_000);

test('what Python has and JSON has not is written as JSON, or refused with its place', async () => {
  await withRunner(await planFor({ 'shop.py': ownApp }, { entry: 'shop:report' }), async (runner) => {
    const raw = 'data:application/octet-stream;base64,eA==';
    const output = { day: '2024-02-29', got: { a: [null, 1] }, big: 2 ** 60, parts: [1], raw };
    expect(await runner.run({ a: [null, 1] })).toEqual({ status: 'success', output });
  });
}, 60_000);

test('the resources are those of the function that Modal has', async () => {
  const resources = { cpu: 0.5, memory: '2Gi', gpu: 'A100:2', timeout: 900, concurrency: 4, replicas: 3 };
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' }, { resources });
  await withRunner(plan, async (runner) => {
    expect(modal.account.describe(appName(plan), 'call')).toMatchObject({
      resources: { milli_cpu: 500, memory_mb: 2048, gpu_config: { gpu_type: 'A100', count: 2 } },
      timeout_secs: 900,
      max_concurrent_inputs: 4,
      autoscaler_settings: { max_containers: 3 },
    });
    const log = (await readLines(runner.logs(), Number.POSITIVE_INFINITY)).join('\n');
    expect(log).toContain(
      'the function gets 0.5 cores, 2048 MiB of memory, GPU A100:2, 900 s per call, 4 calls at once',
    );
    expect(log).toContain('at most 3 containers; Modal starts them on demand and scales to none');
  });
  const unnamed = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' }, { resources: { gpu: '1' } });
  const refused = new ModalRunner(unnamed).start({ env: {} });
  await expect(refused).rejects.toMatchObject({ code: 'RESOURCE_INVALID', message: expect.stringContaining('gpu=1') });
}, 60_000);

test('a call that is given up is cancelled in the cloud', async () => {
  await withRunner(await planFor({ 'shop.py': ownApp }, { entry: 'shop:slow' }), async (runner) => {
    expect(await runner.run({ seconds: 0 })).toEqual({ status: 'success', output: 0 });
    const answer = await runner.run({ seconds: 60 }, { timeout: 0.5 });
    expect(failureOf(answer).code).toBe('CALL_TIMEOUT');
    const giveUp = new AbortController();
    const given = runner.run({ seconds: 60 }, { signal: giveUp.signal });
    await sleep(300);
    giveUp.abort();
    expect(failureOf(await given).code).toBe('CALL_CANCELLED');
    await runner.close();
    expect([...modal.account.calls.values()].slice(-2).map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
  });
}, 60_000);

test('a function that takes longer than Modal lets it is a call that took too long', async () => {
  const changes = { entry: 'shop:slow', resources: { timeout: 1 } };
  await withRunner(await planFor({ 'shop.py': ownApp }, changes), async (runner) => {
    const error = failureOf(await runner.run({ seconds: 30 }));
    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', message: expect.stringContaining('timeout of 1s') });
  });
}, 60_000);

test('a token that Modal does not know is refused with the remedy, and nothing is tried again', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' });
  process.env.MODAL_TOKEN_SECRET = 'as-wrong';
  const started = new ModalRunner(plan).start({ env: {} });
  await expect(started).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    retryable: false,
    message: expect.stringMatching(/Token ID is invalid.*modal\.com\/settings\/tokens.*MODAL_TOKEN_ID/),
  });
  await new ModalRunner(plan).undo(); // nothing was made, so nothing is asked
}, 60_000);

test('a cloud that cannot be reached is tried again, and the message says where it was looked for', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' });
  process.env.MODAL_SERVER_URL = 'http://127.0.0.1:9';
  const began = Date.now();
  const started = new ModalRunner(plan).start({ env: {} });
  await expect(started).rejects.toMatchObject({
    code: 'CLOUD_UNREACHABLE',
    retryable: true,
    message: expect.stringContaining('http://127.0.0.1:9'),
  });
  expect(Date.now() - began).toBeLessThan(30_000); // the command line alone gives up after a minute
}, 60_000);

test('what is missing is said before anything starts, with the way to get it', async () => {
  expect(await findNeeds()).toMatchObject([{ isMet: true, detail: 'MODAL_TOKEN_ID' }]);
  const file = join(temporaryDirectory(), 'modal.toml');
  writeFileSync(file, '[work]\ntoken_id = "ak-1"\ntoken_secret = "as-1"\nactive = true\n');
  process.env.MODAL_TOKEN_ID = '';
  process.env.MODAL_CONFIG_PATH = file;
  expect(await findNeeds()).toMatchObject([{ isMet: true, detail: `profile work of ${file}` }]);
  process.env.MODAL_CONFIG_PATH = `${file}.not-there`;
  const path = temporarySolution({ 'app.py': 'def predict(inputs):\n    return inputs\n' });
  const selector = new SelectorAgent(await StrategyRegistry.scan());
  await expect(selector.select({ path }, ['modal'])).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: expect.stringMatching(/Modal token: neither MODAL_TOKEN_ID .*modal token new/),
  });
  const setting = await selector.select({ path }, ['local', 'modal']);
  expect(setting).toMatchObject({ strategy: 'local', reasoning: expect.stringContaining('Left out: modal') });
});

test('code that cannot be deployed is a failed start with its traceback, and leaves nothing', async () => {
  const broken =
    'import modal\napp = modal.App("x")\n\n\n@app.function()\ndef f(a):\n    return a\n\n\nraise KeyError("early")\n';
  const plan = await planFor({ 'broken.py': broken });
  const started = new ModalRunner(plan).start({ env: { CANARY: 'canary-91c2' } });
  const error = await started.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code: 'START_FAILED', message: expect.stringContaining("KeyError: 'early'") });
  expect(error.details.evidence).toContain('broken.py');
  expect(modal.account.listLive(appName(plan))).toEqual([]);
  expect(modal.account.findSecret(appName(plan))).toBeUndefined();
  expect(readFileSync(plan.logFile, 'utf8')).not.toContain('canary-91c2');
}, 60_000);

test('an image that Modal cannot build is a failed build in its words', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n', 'requirements.txt': 'idna\n' });
  modal.account.buildFailure = 'No matching distribution found for idna==99';
  await expect(new ModalRunner(plan).start({ env: {} })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    details: { evidence: expect.stringContaining('No matching distribution found for idna==99') },
  });
  expect(modal.account.listLive(appName(plan))).toEqual([]);
}, 60_000);

test('a token that is refused later, and an app that somebody deploys over ours, are noticed', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' });
  await withRunner(plan, async (runner) => {
    const handle = await runner.start({ env: {} });
    process.env.MODAL_TOKEN_SECRET = 'as-wrong';
    const locked = new ModalRunner(plan);
    await locked.attach(handle);
    expect(failureOf(await locked.run(1)).code).toBe('CLOUD_REFUSED');
    expect(await locked.isHealthy()).toMatchObject({ isHealthy: false, state: 'unresponsive' });
    Object.assign(process.env, modal.variables);
    for (const app of modal.account.listLive(appName(plan))) app.version += 1;
    const other = new ModalRunner(plan);
    await other.attach(handle);
    expect(await other.isHealthy()).toMatchObject({
      state: 'gone',
      detail: expect.stringContaining('another version'),
    });
    await other.start({ env: {} });
    expect(await other.isHealthy()).toMatchObject({ state: 'ready' });
    expect(await other.run(1)).toEqual({ status: 'success', output: 1 });
  });
}, 60_000);
