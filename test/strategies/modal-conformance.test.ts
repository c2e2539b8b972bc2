import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect } from '@jest/globals';
import { appName } from '../../strategies/modal/app-name.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory } from '../support/temporary.js';
import { conformanceSolution, conformsAsRunner } from './conformance.js';
import { modalPlan, openFakeModal } from './modal-plan.js';

const root = temporaryDirectory('berth-modal-plans-');
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
}, 180_000);

conformsAsRunner({
  name: 'modal',
  RunnerClass: ModalRunner,
  reference: {
    module: fileURLToPath(new URL('../../strategies/modal/runner.ts', import.meta.url)),
    className: 'ModalRunner',
  },
  // A call beyond what runs already waits for a container, and each of these imports Modal first.
  manner: { startsOnDemand: true, queue: 30_000 },
  makePlan: async (revision, timeout) => modalPlan(join(root, revision), conformanceSolution, { revision, timeout }),
  kill: async (handle) => {
    for (const app of modal.account.listLive(appName(handle.plan))) modal.account.stop(app);
  },
  listRemains: async (plan) => {
    const name = appName(plan);
    const apps = modal.account.listLive(name).map(({ id }) => `app ${id}`);
    return modal.account.findSecret(name) === undefined ? apps : [...apps, `secret ${name}`];
  },
  startHalfway: async (plan) => {
    const program = fileURLToPath(new URL('../support/start-and-die.mjs', import.meta.url));
    const child = spawn(process.execPath, [program], { env: process.env, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(JSON.stringify({ plan, className: 'ModalRunner', noted: 'modal.json' }));
    await new Promise((resolve) => child.once('exit', resolve));
    expect(modal.account.listLive(appName(plan))).toEqual([]);
  },
});
