/** @needs git python3 uv temporal */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { execa } from 'execa';
import { readExampleFile } from '../../src/adaptation/index.js';
import { DeployedSoftware } from '../../src/factory/deployed-software.js';
import { revisionDirectory } from '../../src/home/home.js';
import { packageRoot } from '../../src/home/package-root.js';
import { findMarkedProcessesBelow } from '../../src/processes/marked-processes.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { eventually, runJson } from '../end-to-end/run-json.js';
import { connectOnce, deploy } from '../support/deployments.js';
import { registerCleanup, temporaryDirectory } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { prepareBentoEnvironment } from './bentoml-plan.js';
import { FakeBentoCloud } from './fake-bento-cloud.js';
import { FakeLangSmith } from './fake-lang-smith.js';
import { prepareGraphEnvironment } from './langgraph-plan.js';

const home = temporaryStack();
const [token, key, canary] = ['token-e2e-41f7', 'key-e2e-6b02', 'canary-e2e-90ab'];
let cloud: FakeBentoCloud;
let langSmith: FakeLangSmith;

/** Sets the accounts' variables before the worker starts, because the worker inherits them. */
beforeAll(async () => {
  cloud = new FakeBentoCloud({ token, python: (await prepareBentoEnvironment()).python });
  langSmith = new FakeLangSmith({ key, python: (await prepareGraphEnvironment()).python });
  for (const fake of [cloud, langSmith]) {
    await fake.listen();
    registerCleanup(() => fake.close());
  }
  process.env.BENTO_CLOUD_API_KEY = token;
  process.env.BENTO_CLOUD_API_ENDPOINT = cloud.address;
  process.env.LANGSMITH_API_KEY = key;
  process.env.LANGGRAPH_HOST_URL = langSmith.address;
}, 240_000);

test('a deployment runs in BentoCloud from its contract to its cleanup, and no file here has its secrets', async () => {
  const solution = join(packageRoot, 'examples', 'spelling-service');
  const examples = await readExampleFile(join(solution, 'examples.yaml'));
  const options = { solution, provider: 'bentocloud', agent: 'none', examples, env: { CANARY: canary } };
  const info = await deploy({ name: 'spelling', ...options });
  expect(info).toMatchObject({
    state: 'running',
    strategy: 'bentoml',
    provider: 'bentocloud',
    endpoint: expect.stringContaining(`${cloud.address}/endpoints/spelling-r1-`),
    contract: { passed: examples.length },
  });
  expect(info.selection?.reasoning).toContain('it does not run on bentocloud');
  const software = await DeployedSoftware.open('spelling');
  expect(await software.run({ text: 'tommorow' })).toMatchObject({ output: { text: 'tomorrow' } });
  await software.close();
  expect([...cloud.secrets.values()]).toEqual([[{ key: 'CANARY', value: canary }]]);

  const followed = execa(join(packageRoot, 'dist', 'client.js'), ['logs', 'spelling', '--follow'], { reject: false });
  const { state } = revisionDirectory(home, 'spelling', 'r1');
  await eventually('the log is followed', () => cloud.requests.includes('followed'));
  expect(findMarkedProcessesBelow(state)).toHaveLength(1);
  followed.kill('SIGKILL');
  expect((await followed).stdout).toContain(`berth: BentoCloud: `);
  await eventually('the reader has ended with who followed', () => findMarkedProcessesBelow(state).length === 0);

  const client = await connectOnce();
  expect(await client.stop('spelling')).toMatchObject({ state: 'stopped' });
  expect(cloud.listServers()).toEqual([]);
  expect(await client.start('spelling')).toMatchObject({ state: 'running' });

  await expectNowhere('spelling', [token, canary]);
  await client.cleanup('spelling');
  expect([cloud.deployments.size, cloud.secrets.size, cloud.bentos.size, cloud.listServers()]).toEqual([0, 0, 0, []]);
}, 240_000);

test('the command deploys to LangSmith, redeploys, stops, starts and cleans up, and leaves nothing', async () => {
  const solution = temporaryDirectory();
  cpSync(join(packageRoot, 'examples', 'ticket-triage'), solution, { recursive: true });
  const berth = (...words: string[]) => runJson(words, { home: home.root });
  const options = ['--strategy', 'langgraph', '--provider', 'langsmith', '--agent', 'none'];
  const settings = ['--env', `CANARY=${canary}`, '--example', join(solution, 'examples.yaml')];
  const deployed = await berth('deploy', solution, '--name', 'triage', ...options, ...settings);
  expect(deployed.value).toMatchObject({
    state: 'running',
    strategy: 'langgraph',
    provider: 'langsmith',
    revision: 'r1',
    lastError: null,
    endpoint: expect.stringContaining(`${langSmith.address}/endpoints/`),
    contract: { passed: 3 },
  });
  const ask = async () => (await berth('run', 'triage', '{"text": "Hello there."}')).value;
  expect(await ask()).toMatchObject({
    status: 'success',
    output: { topic: 'other', reply: 'Thank you, we read every message.' },
  });
  expect([...langSmith.deployments.values()].map(({ secrets }) => secrets)).toEqual([
    [{ name: 'CANARY', value: canary }],
  ]);

  const graph = join(solution, 'triage.py');
  writeFileSync(graph, readFileSync(graph, 'utf8').replace('we read every message', 'we answer'));
  const redeployed = await berth('redeploy', 'triage', '--bake', '0', '--drain', '1');
  expect(redeployed.value).toMatchObject({ state: 'running', revision: 'r2', change: null });
  expect(await ask()).toMatchObject({ output: { reply: 'Thank you, we answer.' } });
  const names = () => [...langSmith.deployments.values()].map(({ name }) => name);
  expect(names()).toEqual([expect.stringMatching(/^triage-r2-[0-9a-f]{12}$/)]);

  expect((await berth('stop', 'triage')).value).toMatchObject({ state: 'stopped' });
  expect([names(), langSmith.listServers()]).toEqual([[], []]);
  expect((await berth('start', 'triage')).value).toMatchObject({ state: 'running', revision: 'r2' });
  expect(await ask()).toMatchObject({ output: { topic: 'other' } });
  expect((await berth('gc')).value).toMatchObject({ leftOvers: [], notes: [] });

  await expectNowhere('triage', [key, canary]);
  expect((await berth('cleanup', 'triage', '--yes')).exitCode).toBe(0);
  expect([names(), langSmith.listServers()]).toEqual([[], []]);
}, 240_000);

async function expectNowhere(name: string, secrets: string[]): Promise<void> {
  const history = await readHistory(name);
  for (const secret of secrets) {
    expect(history).not.toContain(secret);
    const found = spawnSync('grep', ['-rlaF', secret, home.root], { encoding: 'utf8' });
    expect(found).toMatchObject({ status: 1, stdout: '' });
  }
}

async function readHistory(name: string): Promise<string> {
  const target = await ensureStack({ needsWorker: true });
  const connection = await Connection.connect(target.connectionOptions);
  const history = await new Client({ connection }).workflow.getHandle(workflowId(name)).fetchHistory();
  await connection.close();
  return payloadsOf(JSON.parse(historyToJSON(history))).join('\n');
}

/** Collects every string of the history, also decoded from base64. */
function payloadsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value, Buffer.from(value, 'base64').toString()];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(payloadsOf);
}
