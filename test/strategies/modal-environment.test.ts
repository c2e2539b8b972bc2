/** @needs python3 uv */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import { appName } from '../../strategies/modal/cloud/app-name.js';
import { appRecord } from '../../strategies/modal/deploy/app-record.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { createModalPlan, openFakeModal } from './modal-plan.js';

const root = temporaryDirectory('berth-modal-environments-');
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
});

beforeEach(() => {
  const file = join(root, 'modal.toml'); // the SDK reads it once, when it is loaded
  writeFileSync(file, '[work]\nenvironment = "dev"\nactive = true\n\n[plain]\n');
  process.env.MODAL_CONFIG_PATH = file;
});

afterEach(() => {
  delete process.env.MODAL_PROFILE;
  delete process.env.MODAL_ENVIRONMENT;
});

let counter = 0;
const nextPlan = (): Promise<RunPlan> => {
  counter += 1;
  const files = { 'app.py': 'import os\n\ndef predict(inputs):\n    return os.environ["KEY"]\n' };
  return createModalPlan(join(root, String(counter)), files, { revision: `r${counter}` });
};

/** Finds the environments of a plan's apps and secret. */
function findEnvironments(plan: RunPlan): { apps: string[]; secret: string | undefined } {
  const name = appName(plan);
  const apps = modal.account.listLive(name).map(({ environment }) => environment);
  return { apps, secret: modal.account.findSecret(name)?.environment };
}

const nowhere = { apps: [], secret: undefined };

test('the app is deployed, called, and stopped in the environment of the active profile', async () => {
  const plan = await nextPlan();
  const runner = new ModalRunner(plan);
  await runner.start({ env: { KEY: 'value' } });
  expect(findEnvironments(plan)).toEqual({ apps: ['dev'], secret: 'dev' });
  expect(await appRecord.read(plan)).toMatchObject({ environment: 'dev' });
  expect(await runner.run(1)).toEqual({ status: 'success', output: 'value' });
  expect(await runner.isHealthy()).toMatchObject({ state: 'ready' });
  await runner.stop();
  expect(findEnvironments(plan)).toEqual(nowhere);
});

test('a record without an environment means the profile’s, also for a stop', async () => {
  const plan = await nextPlan();
  const runner = new ModalRunner(plan);
  const handle = await runner.start({ env: { KEY: 'value' } });
  const note = await appRecord.read(plan);
  if (note === undefined) throw new Error('no note was written');
  await appRecord.write(plan, { ...note, environment: null });
  const later = new ModalRunner(plan);
  await later.attach({ ...handle, app: { ...note, environment: null } } as typeof handle);
  expect(await later.run(1)).toEqual({ status: 'success', output: 'value' });
  await later.stop();
  expect(findEnvironments(plan)).toEqual(nowhere);
});

test('an app in the account’s default environment is stopped there, although the configuration has changed', async () => {
  process.env.MODAL_PROFILE = 'plain';
  const plan = await nextPlan();
  await new ModalRunner(plan).start({ env: { KEY: 'value' } });
  expect(findEnvironments(plan)).toEqual({ apps: ['main'], secret: 'main' });
  delete process.env.MODAL_PROFILE;
  process.env.MODAL_ENVIRONMENT = 'dev';
  await new ModalRunner(plan).stop();
  expect(findEnvironments(plan)).toEqual(nowhere);
});

test('MODAL_ENVIRONMENT takes precedence over the profile’s environment', async () => {
  process.env.MODAL_ENVIRONMENT = 'main';
  const plan = await nextPlan();
  await new ModalRunner(plan).start({ env: { KEY: 'value' } });
  expect(findEnvironments(plan)).toEqual({ apps: ['main'], secret: 'main' });
  await new ModalRunner(plan).undo();
  expect(findEnvironments(plan)).toEqual(nowhere);
});

test('a start deploys to the environment that the SDK uses, although the configuration has changed since it was read', async () => {
  const plan = await nextPlan();
  writeFileSync(join(root, 'modal.toml'), '[work]\nenvironment = "main"\nactive = true\n');
  const runner = new ModalRunner(plan);
  await runner.start({ env: { KEY: 'value' } });
  expect(findEnvironments(plan)).toEqual({ apps: ['dev'], secret: 'dev' });
  await runner.stop();
  expect(findEnvironments(plan)).toEqual(nowhere);
  expect(readFileSync(plan.logFile, 'utf8')).toContain(`deployed as version 1 of ${appName(plan)}`);
});
