/** @needs python3 uv */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { waitUntilReady } from '../../src/runners/readiness.js';
import { appName } from '../../strategies/modal/cloud/app-name.js';
import { appRecord } from '../../strategies/modal/deploy/app-record.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { readLines } from './conformance.js';
import { createModalPlan, openFakeModal } from './modal-plan.js';

let modal: FakeModal;
/** Starts a revision that has printed a line. */
let plan: RunPlan;
let runner: ModalRunner;
let handle: Handle;

beforeAll(async () => {
  modal = await openFakeModal();
  const files = { 'app.py': 'def predict(inputs):\n    print("worth keeping")\n    return inputs\n' };
  plan = await createModalPlan(join(temporaryDirectory('berth-modal-outages-'), 'plan'), files, {
    deployment: 'printing',
  });
  runner = new ModalRunner(plan);
  handle = await runner.start({ env: {} });
  expect(await runner.run(1)).toEqual({ status: 'success', output: 1 });
});

afterEach(() => {
  jest.useRealTimers();
  reachCloud();
});

afterAll(() => runner.undo());

const reachCloud = (): void => {
  Object.assign(process.env, modal.variables);
  modal.unanswered.clear();
};
const makeCloudUnreachable = (): void => {
  process.env.MODAL_SERVER_URL = 'http://127.0.0.1:9';
};
const revokeKey = (): void => {
  process.env.MODAL_TOKEN_SECRET = 'as-wrong';
};

const readAll = (options?: Parameters<ModalRunner['logs']>[0]): Promise<string[]> =>
  readLines(runner.logs(options), Number.POSITIVE_INFINITY);

/** Returns the health that a newly attached runner reports. */
const askForHealth = async () => {
  const other = new ModalRunner(plan);
  await other.attach(handle);
  return await other.isHealthy();
};

test('Modal’s log cannot be read without network or key, and the error says which is missing', async () => {
  makeCloudUnreachable();
  const away = { code: 'CLOUD_UNREACHABLE', message: expect.stringContaining('http://127.0.0.1:9') };
  await expect(readAll()).rejects.toMatchObject(away);
  await expect(readAll({ tail: 5 })).rejects.toMatchObject(away);
  await expect(readAll({ follow: true })).rejects.toMatchObject(away);
  reachCloud();
  revokeKey();
  await expect(readAll()).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    message: expect.stringContaining('https://modal.com/settings/tokens'),
  });
  reachCloud();
  expect(await readAll()).toContain('worth keeping');
});

test('a follower gets an error when its key is revoked', async () => {
  const lines = runner.logs({ follow: true })[Symbol.asyncIterator]();
  for (let line = await lines.next(); line.value !== 'worth keeping'; line = await lines.next());
  modal.token.secret = 'as-new';
  await expect(lines.next()).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
  modal.token.secret = 'as-test';
});

test('the health is unknown while Modal cannot be reached', async () => {
  expect(await askForHealth()).toMatchObject({ isHealthy: true, state: 'ready' });
  makeCloudUnreachable();
  const detail = expect.stringContaining('Modal cannot be reached at http://127.0.0.1:9');
  expect(await askForHealth()).toEqual({ isHealthy: false, state: 'unknown', detail });
  reachCloud();
  revokeKey();
  expect(await askForHealth()).toMatchObject({ isHealthy: false, state: 'unknown' });
});

/** Returns true when all three readers of the log wait for a reply. */
const areWaiting = (before: number): boolean =>
  modal.received.slice(before).filter((name) => modal.unanswered.has(name)).length >= 3;

test('a server that accepts the log request and sends nothing blocks neither a reader nor a stop', async () => {
  // Only timers run faster: requests and replies take their normal time.
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  modal.unanswered.add('AppCountLogs').add('AppFetchLogs');
  const before = modal.received.length;
  const away = { code: 'CLOUD_UNREACHABLE', message: 'Modal did not answer within 30 s' };
  const reading = Promise.all([
    expect(readAll()).rejects.toMatchObject(away),
    expect(readAll({ tail: 5 })).rejects.toMatchObject(away),
    expect(runner.stop()).rejects.toMatchObject(away),
  ]);
  await waitUntilReady({ description: 'ask', isReady: async () => areWaiting(before) }, { timeout: 20, interval: 10 });
  jest.advanceTimersByTime(30_000);
  await reading;
  expect(modal.account.listLive(appName(plan))).toHaveLength(1);
});

test('a stop while Modal is unreachable fails, and a later one archives the complete log', async () => {
  const before = readFileSync(plan.logFile, 'utf8');
  makeCloudUnreachable();
  await expect(runner.stop()).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
  expect(readFileSync(plan.logFile, 'utf8')).toBe(before);
  expect(await appRecord.read(plan)).toMatchObject({ deployed: { version: 1 } });
  reachCloud();
  await runner.stop();
  expect(readFileSync(plan.logFile, 'utf8')).toBe(`${before}worth keeping\n`);
  expect(modal.account.listLive(appName(plan))).toEqual([]);
  expect(await askForHealth()).toMatchObject({ isHealthy: false, state: 'gone' });
});
