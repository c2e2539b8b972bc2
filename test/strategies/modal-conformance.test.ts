import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll } from '@jest/globals';
import { dieStarting } from '../../src/conformance/elsewhere.js';
import { appName } from '../../strategies/modal/app-name.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory } from '../support/temporary.js';
import { conformanceSolution, conformsAsRunner } from './conformance.js';
import { modalPlan, openFakeModal } from './modal-plan.js';

const root = temporaryDirectory('berth-modal-plans-');
const reference = {
  module: fileURLToPath(new URL('../../strategies/modal/runner.ts', import.meta.url)),
  className: 'ModalRunner',
};
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
}, 180_000);

conformsAsRunner({
  name: 'modal',
  RunnerClass: ModalRunner,
  reference,
  // A call beyond what runs already waits for a container, and each of these imports Modal first.
  manner: { startsOnDemand: true, queue: 30_000 },
  makePlan: async (revision, timeout) =>
    modalPlan(join(root, revision), conformanceSolution, { revision, timeout: timeout * 6 }),
  kill: async (handle) => {
    for (const app of modal.account.listLive(appName(handle.plan))) modal.account.stop(app);
  },
  listRemains: async (plan) => {
    const name = appName(plan);
    const apps = modal.account.listLive(name).map(({ id }) => `app ${id}`);
    return modal.account.findSecret(name) === undefined ? apps : [...apps, `secret ${name}`];
  },
  startHalfway: async (plan) => {
    await dieStarting(reference, plan, async () => {
      await sleep(5); // the cloud is this process
      return modal.account.listLive(appName(plan)).length > 0;
    });
  },
});
