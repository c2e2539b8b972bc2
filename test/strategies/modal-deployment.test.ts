/** @needs git python3 uv temporal */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { readExampleFile } from '../../src/adaptation/index.js';
import type { Answer } from '../../src/contract/answer.js';
import { DeployedSoftware } from '../../src/factory/deployed-software.js';
import { packageRoot } from '../../src/home/package-root.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { type Deployed, runJson } from '../end-to-end/run-json.js';
import { runBin } from '../support/bin.js';
import { connectOnce, deploy } from '../support/deployments.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { openFakeModal } from './modal-plan.js';

const home = temporaryStack();
const solution = join(packageRoot, 'examples', 'duplicate-tickets');
const canary = 'canary-5d0c9e71ab';
let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
});

const listLive = () => [...modal.account.apps.values()].filter(({ state }) => state !== 5);

test('the example duplicate-tickets is deployed unchanged, passes its contract, stops, starts and is cleaned up', async () => {
  const examples = await readExampleFile(join(solution, 'examples.yaml'));
  const info = await deploy({ name: 'tickets', solution, strategy: 'modal', agent: 'none', examples });
  expect(info).toMatchObject({
    lastError: null,
    state: 'running',
    adaptedFiles: [],
    adaptation: { by: 'recipe:modal-app' },
    contract: { source: 'user', passed: examples.length },
    endpoint: expect.stringMatching(/^https:\/\/modal\.test\/apps\/ap-/),
  });
  const client = await connectOnce();
  const ask = async () => {
    const software = await DeployedSoftware.open('tickets');
    const answer = await software.run({ text: 'Camera makes the app crash' });
    await software.close();
    return answer;
  };
  expect(await ask()).toEqual({ status: 'success', output: { duplicates: [{ ticket: 'T-103', likeness: 0.378 }] } });
  await client.stop('tickets');
  expect(listLive()).toEqual([]);
  await expect(ask()).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  await client.start('tickets');
  expect(await ask()).toMatchObject({ status: 'success' });
  await client.cleanup('tickets');
  expect(listLive()).toEqual([]);
}, 240_000);

test('a billed strategy that would fit better is mentioned when another strategy is selected', async () => {
  const deploying = deploy({ name: 'unnamed', solution, agent: 'none' });
  await expect(deploying).rejects.toMatchObject({ code: 'ENTRY_AMBIGUOUS' });
  const info = await (await connectOnce()).info('unnamed');
  expect(info.steps.find(({ step }) => step === 'selectStrategy')?.note).toMatch(
    /^local, by rules; modal fits better, but Modal bills compute .*--strategy modal/,
  );
});

test('the command deploys a plain function, and its variables are only in a Modal secret', async () => {
  const source = temporarySolution({
    'app.py': 'import os\ndef predict(name: str):\n    return len(os.environ[name])\n',
  });
  const options = { home: home.root, env: modal.variables };
  const words = ['deploy', source, '--name', 'plain', '--strategy', 'modal', '--agent', 'none'];
  const settings = ['--env', `API_TOKEN=${canary}`, '--resource', 'gpu=T4', '--input', '{"name": "API_TOKEN"}'];
  const deployed = await runJson<Deployed & { answer: Answer }>([...words, ...settings], options);
  expect({ ...deployed.value, exitCode: deployed.exitCode }).toMatchObject({
    exitCode: 0,
    state: 'running',
    adaptedFiles: ['modal_app.py'],
    answer: { status: 'success', output: canary.length },
  });
  expect([...modal.account.secrets.values()].map(({ values }) => values)).toEqual([{ API_TOKEN: canary }]);
  const logs = await runBin(['logs', 'plain'], options);
  expect(logs.stdout).toContain('berth: the function gets GPU T4');

  const target = await ensureStack({ needsWorker: true });
  const connection = await Connection.connect(target.connectionOptions);
  const history = await new Client({ connection }).workflow.getHandle(workflowId('plain')).fetchHistory();
  const payloads = payloadsOf(JSON.parse(historyToJSON(history)));
  await connection.close();
  expect(payloads.filter((payload) => payload.includes(canary) || payload.includes(modal.token.secret))).toEqual([]);
  for (const secret of [canary, modal.token.secret])
    expect(spawnSync('grep', ['-rlaF', secret, home.root], { encoding: 'utf8' }).stdout).toBe('');

  expect((await runBin(['cleanup', 'plain', '--yes'], options)).exitCode).toBe(0);
  expect([listLive(), [...modal.account.secrets.values()]]).toEqual([[], []]);
}, 240_000);

test('it is never selected unless the user names it, and the reason names the option', async () => {
  const { stdout } = await runBin(['explain', solution], { home: home.root, env: modal.variables });
  expect(stdout).toMatch(
    /^modal: \d+ \(cannot be used: Modal bills compute by the second, so it is chosen only if you/m,
  );
  expect(stdout).toContain('--strategy modal, or include it in --allow');
  expect(stdout).not.toContain('auto chooses modal');
});

/** Collects every string of the history, also decoded from base64. */
function payloadsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, Buffer.from(value, 'base64').toString()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(payloadsOf);
}
