import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import { appName } from '../../strategies/modal/app-name.js';
import { readNote } from '../../strategies/modal/deployment-note.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory } from '../support/temporary.js';
import { readLines } from './conformance.js';
import { modalPlan, openFakeModal } from './modal-plan.js';

const root = temporaryDirectory('berth-modal-outages-');
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
}, 180_000);

afterEach(() => {
  reachCloud();
});

const reachCloud = (): void => {
  Object.assign(process.env, modal.variables);
  modal.unanswered.clear();
};
const loseCloud = (): void => {
  process.env.MODAL_SERVER_URL = 'http://127.0.0.1:9';
};
const loseKey = (): void => {
  process.env.MODAL_TOKEN_SECRET = 'as-wrong';
};

/** Up, and has printed a line. */
async function startPrinting(name: string): Promise<{ plan: RunPlan; runner: ModalRunner }> {
  const files = { 'app.py': 'def predict(inputs):\n    print("worth keeping")\n    return inputs\n' };
  const plan = await modalPlan(join(root, name), files, { deployment: name });
  const runner = new ModalRunner(plan);
  await runner.start({ env: {} });
  expect(await runner.run(1)).toEqual({ status: 'success', output: 1 });
  return { plan, runner };
}

const readAll = (runner: ModalRunner, options?: Parameters<ModalRunner['logs']>[0]): Promise<string[]> =>
  readLines(runner.logs(options), Number.POSITIVE_INFINITY);

test('a log that Modal has is not to be had without network or key, and the error says which', async () => {
  const { runner } = await startPrinting('read');
  loseCloud();
  const away = { code: 'CLOUD_UNREACHABLE', message: expect.stringContaining('http://127.0.0.1:9') };
  await expect(readAll(runner)).rejects.toMatchObject(away);
  await expect(readAll(runner, { tail: 5 })).rejects.toMatchObject(away);
  await expect(readAll(runner, { follow: true })).rejects.toMatchObject(away);
  reachCloud();
  loseKey();
  await expect(readAll(runner)).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
    message: expect.stringContaining('https://modal.com/settings/tokens'),
  });
  reachCloud();
  expect(await readAll(runner)).toContain('worth keeping');
  await runner.undo();
}, 60_000);

test('a follower whose key is taken away is told so', async () => {
  const { runner } = await startPrinting('followed');
  const lines = runner.logs({ follow: true })[Symbol.asyncIterator]();
  for (let line = await lines.next(); line.value !== 'worth keeping'; line = await lines.next());
  modal.token.secret = 'as-new';
  await expect(lines.next()).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
  modal.token.secret = 'as-test';
  await runner.undo();
}, 60_000);

test('a stop while Modal is away is to be tried again, and then keeps the whole log', async () => {
  const { plan, runner } = await startPrinting('stopped');
  const before = readFileSync(plan.logFile, 'utf8');
  loseCloud();
  await expect(runner.stop()).rejects.toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
  expect(readFileSync(plan.logFile, 'utf8')).toBe(before);
  expect(await readNote(plan)).toMatchObject({ deployed: { version: 1 } });
  reachCloud();
  await runner.stop();
  expect(readFileSync(plan.logFile, 'utf8')).toBe(`${before}worth keeping\n`);
  expect(modal.account.listLive(appName(plan))).toEqual([]);
}, 60_000);

test('a server that takes the question for a log and says nothing holds up neither a reader nor a stop', async () => {
  const { plan, runner } = await startPrinting('silent');
  modal.unanswered.add('AppCountLogs').add('AppFetchLogs');
  const away = { code: 'CLOUD_UNREACHABLE', message: 'Modal did not answer within 30 s' };
  await Promise.all([
    expect(readAll(runner)).rejects.toMatchObject(away),
    expect(readAll(runner, { tail: 5 })).rejects.toMatchObject(away),
    expect(runner.stop()).rejects.toMatchObject(away),
  ]);
  expect(modal.account.listLive(appName(plan))).toHaveLength(1);
  reachCloud();
  await runner.stop();
  expect(readFileSync(plan.logFile, 'utf8')).toContain('worth keeping');
}, 90_000);

test('whether it is healthy is unknown while Modal cannot be asked', async () => {
  const { plan, runner } = await startPrinting('healthy');
  const handle = await runner.start({ env: {} });
  const ask = async () => {
    const other = new ModalRunner(plan);
    await other.attach(handle);
    return await other.isHealthy();
  };
  expect(await ask()).toMatchObject({ isHealthy: true, state: 'ready' });
  loseCloud();
  const detail = expect.stringContaining('Modal cannot be reached at http://127.0.0.1:9');
  expect(await ask()).toEqual({ isHealthy: false, state: 'unknown', detail });
  reachCloud();
  loseKey();
  expect(await ask()).toMatchObject({ isHealthy: false, state: 'unknown' });
  reachCloud();
  await runner.undo();
  expect(await ask()).toMatchObject({ isHealthy: false, state: 'gone' });
}, 60_000);
