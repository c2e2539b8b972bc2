/** @needs python3 uv */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import { berthHome, revisionDirectory } from '../../src/home/home.js';
import { chooseFreePort } from '../../src/processes/ports.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import type { CallOptions } from '../../src/runners/runner.js';
import { SelectorAgent } from '../../src/selection/index.js';
import { appName } from '../../strategies/modal/cloud/app-name.js';
import { findNeeds } from '../../strategies/modal/needs.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { readStream } from '../support/read-stream.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import { cogFiles } from './cog-files.js';
import { readLines, requireFailure } from './conformance.js';
import { createModalPlan, openFakeModal } from './modal-plan.js';

const root = temporaryDirectory('berth-modal-plans-');
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
});

afterEach(() => {
  Object.assign(process.env, modal.variables);
  delete process.env.MODAL_PROXY_TOKEN_ID;
  delete process.env.MODAL_PROXY_TOKEN_SECRET;
  modal.account.buildFailure = undefined;
});

let counter = 0;
const planFor = (
  files: Record<string, string>,
  changes: Parameters<typeof createModalPlan>[2] = {},
): Promise<RunPlan> => {
  counter += 1;
  return createModalPlan(join(root, String(counter)), files, { revision: `r${counter}`, ...changes });
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

test('a function of the repository’s own app is called by name, and gets the variables next to its own secrets', async () => {
  const plan = await planFor({ 'shop.py': ownApp }, { entry: 'shop:price', resources: { memory: '1.5Gi', gpu: 'L4' } });
  const runner = new ModalRunner(plan);
  await runner.start({ env: { EXTRA: 'more' } });
  const output = { price: 12, shop: 'open', extra: 'more' };
  expect(await runner.run({ name: 'jam', times: 4 })).toEqual({ status: 'success', output });
  expect(requireFailure(await runner.run(['jam']))).toMatchObject({ code: 'CALL_INPUT' });
  expect(requireFailure(await runner.run({ size: 1 }))).toMatchObject({ code: 'CALL_FAILED', type: 'TypeError' });
  const described = (name: string) => modal.account.describe(appName(plan), name)?.resources;
  expect(described('price')).toMatchObject({ milli_cpu: 2000, memory_mb: 1536, gpu_config: { gpu_type: 'L4' } });
  expect(described('report')).toMatchObject({ memory_mb: 512, gpu_config: { gpu_type: '' } });
  await runner.undo();
  expect(modal.account.findSecret(appName(plan))).toBeUndefined();
});

test('a method is called on an instance that lives as long as the container', async () => {
  await withRunner(await planFor({ 'shop.py': ownApp }, { entry: 'shop:Counter.count' }), async (runner) => {
    expect(await runner.run({})).toEqual({ status: 'success', output: 1 });
    const unlimited = { timeout: undefined } as unknown as CallOptions; // like a caller without types
    expect(await runner.run({}, unlimited)).toEqual({ status: 'success', output: 2 });
  });
});

test('Python values that JSON lacks are converted, or refused with their path', async () => {
  await withRunner(await planFor({ 'shop.py': ownApp }, { entry: 'shop:report' }), async (runner) => {
    const raw = 'data:application/octet-stream;base64,eA==';
    const output = { day: '2024-02-29', got: { a: [null, 1] }, big: 2n ** 60n, parts: [1], raw };
    expect(await runner.run({ a: [null, 1] })).toEqual({ status: 'success', output });
  });
});

test('Modal’s function has the requested resources', async () => {
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
});

test('an abandoned call is canceled in the cloud', async () => {
  await withRunner(await planFor({ 'shop.py': ownApp }, { entry: 'shop:slow' }), async (runner) => {
    expect(await runner.run({ seconds: 0 })).toEqual({ status: 'success', output: 0 });
    const answer = await runner.run({ seconds: 60 }, { timeout: 2 });
    expect(requireFailure(answer).code).toBe('CALL_TIMEOUT');
    const giveUp = new AbortController();
    const { size } = modal.account.calls;
    const given = runner.run({ seconds: 60 }, { signal: giveUp.signal });
    while (modal.account.calls.size === size) await sleep(20);
    await sleep(300); // until the caller has noticed it
    giveUp.abort();
    expect(requireFailure(await given).code).toBe('CALL_CANCELLED');
    await runner.close();
    expect([...modal.account.calls.values()].slice(-2).map(({ isCancelled }) => isCancelled)).toEqual([true, true]);
  });
});

test('a function that Modal ends after its timeout is CALL_TIMEOUT', async () => {
  const changes = { entry: 'shop:slow', resources: { timeout: 1 } };
  await withRunner(await planFor({ 'shop.py': ownApp }, changes), async (runner) => {
    const error = requireFailure(await runner.run({ seconds: 30 }));
    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', message: expect.stringContaining('timeout of 1s') });
  });
});

test('an unknown token is refused with the remedy, and not retried', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' });
  process.env.MODAL_TOKEN_SECRET = 'as-wrong';
  const started = new ModalRunner(plan).start({ env: {} });
  await expect(started).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    retryable: false,
    message: expect.stringMatching(/Token ID is invalid.*modal\.com\/settings\/tokens.*MODAL_TOKEN_ID/),
  });
  await new ModalRunner(plan).undo(); // nothing was created, so no request is sent
});

test('an unreachable cloud is retried, and the message names its address', async () => {
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
});

test('unmet needs are reported before anything starts, with their remedy', async () => {
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
    message: expect.stringMatching(
      /Modal token: neither MODAL_TOKEN_ID .*modal token new; then, either way: berth down && berth up/,
    ),
  });
  const setting = await selector.select({ path }, ['local', 'modal']);
  expect(setting).toMatchObject({ strategy: 'local', reasoning: expect.stringContaining('Not available: modal') });
});

test('code that cannot be deployed fails the start with its traceback, and leaves nothing', async () => {
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
});

test('an image that Modal cannot build is BUILD_FAILED with Modal’s words', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n', 'requirements.txt': 'idna\n' });
  modal.account.buildFailure = 'No matching distribution found for idna==99';
  await expect(new ModalRunner(plan).start({ env: {} })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    details: { evidence: expect.stringContaining('No matching distribution found for idna==99') },
  });
  expect(modal.account.listLive(appName(plan))).toEqual([]);
});

test('the health reports a token that is refused later, and another deployment of the app', async () => {
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' });
  await withRunner(plan, async (runner) => {
    const handle = await runner.start({ env: {} });
    process.env.MODAL_TOKEN_SECRET = 'as-wrong';
    const locked = new ModalRunner(plan);
    await locked.attach(handle);
    expect(requireFailure(await locked.run(1)).code).toBe('CLOUD_REFUSED');
    expect(await locked.isHealthy()).toMatchObject({ isHealthy: false, state: 'unknown' });
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
});

const studio = (port = 8000): string => `import modal

studio = modal.App("studio")
image = modal.Image.debian_slim()


@studio.cls(image=image)
class Model:
    name: str = modal.parameter()
    size: int = modal.parameter(default=3)

    @modal.enter()
    def load(self):
        self.calls = 0

    @modal.method()
    def run(self, text: str):
        self.calls += 1
        print(f"{self.name} runs")
        return [text * self.size, self.name, self.calls]


@studio.function(image=image)
def count(upto: int, step: int = 1):
    for number in range(0, upto, step):
        yield {"number": number}


@studio.function(name="by-another-name")
def renamed(text: str):
    return text.upper()


@studio.function()
@modal.fastapi_endpoint(method="POST", requires_proxy_auth=True)
def classify(item: dict, times: int = 1):
    import time

    if item.get("seconds"):
        time.sleep(item["seconds"])
    return {"label": item["text"] * times}


@studio.function()
@modal.asgi_app()
def serve():
    from fastapi import FastAPI

    web = FastAPI()

    @web.post("/predict")
    def predict(inputs: dict) -> dict:
        return {"length": len(inputs["text"])}

    return web


@studio.function()
@modal.web_server(${port})
def server():
    import subprocess
    import sys

    code = (
        "from http.server import *\\n"
        "class H(BaseHTTPRequestHandler):\\n"
        "  def do_POST(self):\\n"
        "    body = self.rfile.read(int(self.headers['content-length']))\\n"
        "    self.send_response(200); self.end_headers(); self.wfile.write(body[::-1])\\n"
        "HTTPServer(('127.0.0.1', ${port}), H).serve_forever()"
    )
    subprocess.Popen([sys.executable, "-c", code])


@studio.local_entrypoint()
def main():
    print(renamed.remote("x"))
`;

test('a class is built with the parameters among the inputs, or with those of the entry', async () => {
  await withRunner(await planFor({ 'studio.py': studio() }, { entry: 'studio:Model' }), async (runner) => {
    expect(await runner.run({ text: 'ab', name: 'large', size: 2 })).toEqual({
      status: 'success',
      output: ['abab', 'large', 1],
    });
    expect(await runner.run({ text: 'c', name: 'large', size: 2 })).toMatchObject({ output: ['cc', 'large', 2] });
    expect(await runner.run({ text: 'c', name: 'small' })).toMatchObject({ output: ['ccc', 'small', 1] });
    const missing = requireFailure(await runner.run({ text: 'c' }));
    expect(missing).toMatchObject({ code: 'CALL_INPUT', message: expect.stringContaining('Model is built with name') });
    expect(missing.message).toContain("--entry 'MODULE:Model(name=VALUE).run'");
    expect(requireFailure(await runner.run({ text: 'c', name: ['x'] })).code).toBe('CALL_INPUT');
    expect(requireFailure(await runner.run({ text: 'c', name: 7 })).message).toContain("'name' must be a string");
    expect(await readLines(runner.logs(), Number.POSITIVE_INFINITY)).toContain('small runs');
  });
  const fixed = await planFor({ 'studio.py': studio() }, { entry: 'studio:Model(name="the one").run' });
  await withRunner(fixed, async (runner) => {
    expect(await runner.run({ text: 'x', size: 1 })).toMatchObject({ output: ['x', 'the one', 1] });
  });
});

test('a generator’s items come back as a list, and a function keeps its name at Modal', async () => {
  await withRunner(await planFor({ 'studio.py': studio() }, { entry: 'studio:count' }), async (runner) => {
    const answer = { status: 'success', output: [{ number: 0 }, { number: 2 }, { number: 4 }] };
    expect(await runner.run({ upto: 5, step: 2 })).toEqual(answer);
    expect(await readStream(runner.stream({ upto: 5, step: 2 }))).toEqual({ chunks: [], answer });
  });
  await withRunner(await planFor({ 'studio.py': studio() }, { entry: 'studio:renamed' }), async (runner) => {
    expect(await runner.run({ text: 'x' })).toEqual({ status: 'success', output: 'X' });
  });
});

test('a Cog predictor is set up once, enforces the limits of its inputs, and returns files as data', async () => {
  await withRunner(await planFor(cogFiles), async (runner) => {
    expect(await runner.run({ text: 'x', times: '2' })).toEqual({
      status: 'success',
      output: { said: ['hello=you', 'x', 'x'], calls: 1 },
    });
    expect(await runner.run({ text: 'x', file: true })).toEqual({
      status: 'success',
      output: `data:text/plain;base64,${Buffer.from('x').toString('base64')}`,
    });
    expect(requireFailure(await runner.run({ text: 'x', times: 4 }))).toMatchObject({
      code: 'CALL_INPUT',
      message: expect.stringContaining('times: must be at most 3, got 4'),
    });
    expect(requireFailure(await runner.run({ text: 'fail' }))).toMatchObject({
      code: 'CALL_FAILED',
      type: 'ValueError',
    });
    expect(await runner.run({ text: 'x' })).toMatchObject({ output: { calls: 4 } });
  });
});

test('web endpoints are called over HTTP, with a proxy token when they require one', async () => {
  const port = await chooseFreePort(root);
  const files = { 'studio.py': studio(port) };
  const plan = await planFor(files, { entry: 'studio:classify' });
  await expect(new ModalRunner(plan).start({ env: {} })).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    message: expect.stringMatching(/proxy token.*proxy-auth-tokens.*MODAL_PROXY_TOKEN_ID/),
  });
  expect(modal.account.listLive(appName(plan))).toEqual([]);
  Object.assign(process.env, { MODAL_PROXY_TOKEN_ID: 'wk-test', MODAL_PROXY_TOKEN_SECRET: 'ws-test' });
  await withRunner(plan, async (runner) => {
    const { endpoint } = await runner.start({ env: {} });
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/fu-/);
    expect(await runner.run({ item: { text: 'ab' }, times: 2 })).toEqual({
      status: 'success',
      output: { label: 'abab' },
    });
    expect(await readStream(runner.stream({ item: { text: 'ab' } }))).toEqual({
      chunks: [],
      answer: { status: 'success', output: { label: 'ab' } },
    });
    expect(requireFailure(await runner.run({ times: 2 })).code).toBe('CALL_INPUT');
    expect(requireFailure(await runner.run({ item: {} })).message).toMatch(/^POST .* was answered with 500/);
    modal.web.timeout = 100;
    expect(await runner.run({ item: { text: 'late', seconds: 0.5 } })).toMatchObject({ output: { label: 'late' } });
    expect(requireFailure(await runner.run({ item: { text: 'x', seconds: 5 } }, { timeout: 0.3 })).code).toBe(
      'CALL_TIMEOUT',
    );
    modal.web.timeout = 150_000;
    process.env.MODAL_PROXY_TOKEN_SECRET = 'ws-wrong';
    expect(requireFailure(await runner.run({ item: { text: 'ab' } })).code).toBe('CLOUD_REFUSED');
  });
  await withRunner(await planFor(files, { entry: 'studio:serve' }), async (runner) => {
    const { endpoint } = await runner.start({ env: {} });
    expect(endpoint).toMatch(/\/predict$/); // its OpenAPI says so
    expect(await runner.run({ text: 'four' })).toEqual({ status: 'success', output: { length: 4 } });
    expect(readFileSync(plan.logFile, 'utf8')).not.toContain('can call it');
  });
  const silent = await planFor(files, { entry: 'studio:server' });
  await expect(new ModalRunner(silent).start({ env: {} })).rejects.toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('--entry /PATH'),
  });
  expect(modal.account.listLive(appName(silent))).toEqual([]);
  await withRunner(await planFor(files, { entry: 'studio:server/turn' }), async (runner) => {
    expect(await runner.run([1])).toEqual({ status: 'success', output: ']1[' });
    expect(await readLines(runner.logs(), Number.POSITIVE_INFINITY)).toContainEqual(
      expect.stringMatching(/^berth: anyone who knows http.* can call it: it has no requires_proxy_auth/),
    );
  });
});

test('orphans of this home in the cloud are found by their names, and removed', async () => {
  const home = berthHome(temporaryDirectory());
  const plan = await planFor({ 'app.py': 'def predict(inputs):\n    return inputs\n' }, { deployment: 'lost-one' });
  const { state, log } = revisionDirectory(home, plan.deployment, plan.revision);
  const own = { ...plan, stateDirectory: state, logFile: log };
  await new ModalRunner(own).start({ env: { KEY: 'value' } });
  rmSync(home.root, { recursive: true }); // no record, no ledger
  const name = appName(own);
  expect(await ModalRunner.listResources(berthHome(temporaryDirectory()))).toEqual([]);
  const found = await ModalRunner.listResources(home);
  expect(found.map(({ kind, deployment, revision }) => `${kind} of ${deployment} ${revision}`)).toEqual([
    `app of lost-one ${plan.revision}`,
    `secret of lost-one ${plan.revision}`,
  ]);
  process.env.BERTH_HOST_ID = 'another-machine';
  expect(await ModalRunner.listResources(home)).toEqual([]);
  delete process.env.BERTH_HOST_ID;
  for (const resource of found) await resource.remove();
  expect([modal.account.listLive(name), modal.account.findSecret(name)]).toEqual([[], undefined]);
  for (const variable of Object.keys(modal.variables)) process.env[variable] = '';
  process.env.MODAL_CONFIG_PATH = '/dev/null';
  expect(await ModalRunner.listResources(home)).toEqual([]); // no account, no resources
});

test('a schedule applies to the called function, and the code’s own schedules stay and are shown', async () => {
  const files = {
    'nightly.py':
      'import modal\n\napp = modal.App("n")\n\n\n@app.function(schedule=modal.Cron("5 4 * * *"))\ndef clean():\n    return 1\n\n\n@app.function()\ndef report(day: str):\n    return day\n\n\n@app.function()\ndef items(upto: int = 2):\n    yield from range(upto)\n',
  };
  const scheduled = async (entry: string, schedule?: string) => {
    const resources = { ...(schedule && { schedule }), timeout: 600, gpu: 'T4' };
    const plan = await planFor(files, { entry, resources });
    const runner = new ModalRunner(plan);
    try {
      await runner.start({ env: {} });
      return { log: readFileSync(plan.logFile, 'utf8') };
    } finally {
      await runner.undo();
    }
  };
  const own = await scheduled('nightly:clean');
  expect(own.log).toContain('berth: clean has a schedule in the code: cron { cron_string: "5 4 * * *"');
  await expect(scheduled('nightly:report', '1d')).rejects.toMatchObject({
    code: 'RESOURCE_INVALID',
    message: 'schedule: a scheduled run has no inputs, but report needs some: give its parameters defaults',
  });
  await expect(scheduled('nightly:clean', 'CRON_TZ=Mars/Base 0 1 * * *')).rejects.toMatchObject({
    code: 'RESOURCE_INVALID',
    message: expect.stringContaining('no time zone Mars/Base'),
  });
  const plan = await planFor(files, {
    entry: 'nightly:items',
    resources: { schedule: '1d12h', timeout: 600, gpu: 'T4' },
  });
  await withRunner(plan, async (runner) => {
    expect(await runner.run({})).toEqual({ status: 'success', output: [0, 1] });
    const [call, items, clean] = ['call', 'items', 'clean'].map((name) => modal.account.describe(appName(plan), name));
    expect(call?.schedule).toMatchObject({ period: { days: 1, hours: 12 } });
    expect([call?.timeout_secs, call?.resources?.gpu_config?.gpu_type]).toEqual([600, '']);
    expect([items?.timeout_secs, items?.resources?.gpu_config?.gpu_type]).toEqual([600, 'T4']);
    expect(clean?.schedule).toMatchObject({ cron: { cron_string: '5 4 * * *' } });
    const log = readFileSync(plan.logFile, 'utf8');
    expect(log).toContain('the function also runs by itself, without inputs: every 1 days 12 hours');
  });
});
