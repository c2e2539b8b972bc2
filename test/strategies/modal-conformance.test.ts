/** @needs python3 uv */
import { beforeAll, expect, test } from '@jest/globals';
import { runBin } from '../support/bin.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryHome } from '../support/temporary-directories.js';
import { openFakeModal } from './modal-plan.js';

const home = temporaryHome();
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
});

const testModal = (...words: string[]) =>
  runBin(['strategies', 'test', 'modal', '--json', ...words], { home: home.root, env: modal.variables });

test('the suite spends nothing without consent', async () => {
  const { exitCode, stdout } = await testModal();
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'STRATEGY_UNAVAILABLE',
    message: expect.stringMatching(/costs money \(Modal bills.*\): allow it with berth strategies test modal --yes$/),
  });
  const noToken = { MODAL_TOKEN_ID: '', MODAL_TOKEN_SECRET: '', MODAL_CONFIG_PATH: '/dev/null' };
  const unknown = await runBin(['strategies', 'test', 'modal', '--yes'], { home: home.root, env: noToken });
  expect(unknown).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('modal token new') });
  expect(modal.received).toEqual([]);
});

test('it passes the conformance suite and leaves nothing in the cloud', async () => {
  const { stdout, stderr } = await testModal('--yes');
  if (!stdout.startsWith('{')) throw new Error(`no report came: ${stdout}${stderr}`);
  const { checks, ...sum } = JSON.parse(stdout) as { checks: { outcome: string }[] };
  expect(checks.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  expect(sum).toMatchObject({ strategy: 'modal', passed: 38, failed: 0, skipped: 0 });
  expect([...modal.account.apps.values()].filter(({ state }) => state !== 5)).toEqual([]);
  expect([...modal.account.secrets.values()]).toEqual([]);
}, 300_000);
