/** @needs git python3 uv temporal */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { openSoftware } from '../../src/calls/open-software.js';
import type { DeploymentInfo } from '../../src/contract/index.js';
import type { DeployOptions } from '../../src/factory/prepare-config.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { isSameProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';
import { ensureStack, stopStack } from '../../src/stack/index.js';
import { digestTree } from '../../src/workspaces/index.js';
import {
  hang,
  openaiChat,
  refuse,
  run,
  type ScriptedEndpoint,
  say,
  startEndpoint,
  write,
} from '../agents/endpoints/index.js';
import { connectOnce, deploy, startDeployment, waitForState } from '../support/deployments.js';
import { registerCleanup, temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

// End-to-end stories with the real workflow, worker, checks, hosts and in-process agent; only the model is a script.

const home = temporaryStack();
let model: ScriptedEndpoint;

beforeAll(async () => {
  model = await startEndpoint(openaiChat);
  registerCleanup(() => model.close());
  // The worker inherits these variables: key and endpoint of its agents.
  Object.assign(process.env, {
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: 'scripted',
    OPENAI_MODEL: 'scripted',
  });
});

/** Code that no recipe recognizes, because the class requires an argument. */
const thermometer = `class Thermometer:
    def __init__(self, limits):
        self.limits = limits

    def read(self, celsius):
        return [name for name, limit in self.limits if celsius >= limit][-1]
`;
const limits = '[("cold", -273), ("mild", 15), ("hot", 28)]';
const good = `from thermometer import Thermometer\n\nreader = Thermometer(${limits})\n\n\ndef predict(celsius: float):\n    return {"word": reader.read(celsius)}\n`;
const wrong = good.replace('"word": reader.read(celsius)', '"word": "mild"');
const claim = (module = 'app') =>
  say(`Done.\n<run_interface>{"type":"function","module":"${module}","callable":"predict"}</run_interface>`);
const examples = [
  { input: { celsius: 31 }, output: { word: 'hot' }, match: 'subset' as const },
  { input: { celsius: 2 }, output: { word: 'cold' }, match: 'subset' as const },
];

const options = (name: string): DeployOptions => ({
  name,
  solution: temporarySolution({ 'thermometer.py': thermometer }),
  strategy: 'local',
  agent: 'openai',
  examples,
});

async function expectAnswer(name: string): Promise<void> {
  const software = await openSoftware(name, home);
  expect(await software.run({ celsius: 20 })).toEqual({ status: 'success', output: { word: 'mild' } });
  await software.close();
  await (await connectOnce()).cleanup(name);
}

const expectRepaired = (info: DeploymentInfo, rounds: number) =>
  expect(info).toMatchObject({
    state: 'running',
    lastError: null,
    adaptation: { by: 'openai', rounds },
    contract: { passed: 2 },
  });

test('the first result of an agent is verified like the result of a recipe', async () => {
  model.script(write('app.py', good), claim());
  const info = await deploy(options('at-once'));
  expectRepaired(info, 1);
  expect(info.adaptedFiles).toEqual(['app.py']);
  await expectAnswer('at-once');
});

test('an agent that claims success without writing anything sees what is missing', async () => {
  model.script(claim(), write('app.py', good), claim());
  expectRepaired(await deploy(options('claimed')), 2);
  await expectAnswer('claimed');
});

test('an agent fixes code that fails the contract after it sees the evidence', async () => {
  const from = model.requests.length;
  model.script(write('app.py', wrong), claim(), write('app.py', good), claim());
  expectRepaired(await deploy(options('repaired')), 2);
  const sent = model.requests.slice(from).map(({ text }) => text);
  expect(sent.some((text) => text.includes('CONTRACT_FAILED') && text.includes('mild'))).toBe(true);
  await expectAnswer('repaired');
});

test('neither prompts nor evidence contain the output of held-back examples', async () => {
  const from = model.requests.length;
  const secret = 'q7-cold-q7';
  model.script(write('app.py', wrong), claim(), write('app.py', wrong), claim());
  const held = [...examples.slice(0, 1), { input: { celsius: 2 }, output: { word: secret }, match: 'subset' as const }];
  const info = await deploy({ ...options('held-back'), examples: held, rounds: 2 });
  expect(info).toMatchObject({ state: 'waiting', lastError: { code: 'CONTRACT_FAILED' } });
  expect(info.lastError?.evidence).toContain(secret);
  expect(model.requests.slice(from).filter(({ text }) => text.includes(secret))).toEqual([]);
  await (await connectOnce()).abandon('held-back');
});

test('an agent fixes broken syntax after it sees the evidence', async () => {
  model.script(write('app.py', 'def predict(:\n'), claim(), write('app.py', good), claim());
  expectRepaired(await deploy(options('syntax')), 2);
  await expectAnswer('syntax');
});

test('an agent that deletes the user’s code is rejected', async () => {
  const shortcut = 'def predict(celsius):\n    return {"word": "hot" if celsius > 28 else "cold"}\n';
  model.script(
    run('rm thermometer.py'),
    write('app.py', shortcut),
    claim(),
    write('thermometer.py', thermometer),
    write('app.py', good),
    claim(),
  );
  expectRepaired(await deploy(options('deleting')), 2);
  await expectAnswer('deleting');
});

test('a result that holds only for the shown example is rejected with evidence', async () => {
  const cheat = 'def predict(celsius):\n    return {"word": "hot"}\n';
  model.script(write('app.py', cheat), claim(), write('app.py', cheat), claim());
  const info = await deploy({ ...options('cheating'), rounds: 2 });
  expect(info).toMatchObject({ state: 'waiting', revision: null, adaptation: { rounds: 2 } });
  await (await connectOnce()).abandon('cheating');
});

test('the last of two interfaces in a message counts', async () => {
  model.script(
    write('app.py', good),
    say(`First <run_interface>{"type":"function","module":"nowhere","callable":"f"}</run_interface>, no:
\`\`\`json
<run_interface>{"type":"function","module":"app","callable":"predict"}</run_interface>
\`\`\``),
  );
  expectRepaired(await deploy(options('twice')), 1);
  await expectAnswer('twice');
});

test('no command of an agent writes to the user’s repository', async () => {
  const { solution, ...rest } = options('outside');
  const source = String(solution);
  const before = await digestTree(source);
  model.script(
    run(`echo evil > ${join(source, 'evil.py')}; true`),
    write('app.py', good),
    claim(),
    run(`rm -f ${join(source, 'evil.py')}; true`),
    write('app.py', good),
    claim(),
  );
  const info = await deploy({ solution, ...rest });
  expect(await digestTree(source)).toBe(before);
  expect(info.state).toBe('running');
  await (await connectOnce()).cleanup('outside');
});

test('an agent stops after its last round, and continues when resumed with more rounds', async () => {
  const client = await connectOnce();
  model.script(write('app.py', wrong), claim(), write('app.py', wrong), claim());
  const info = await deploy({ ...options('looping'), rounds: 2 });
  expect(info).toMatchObject({ state: 'waiting', adaptation: { rounds: 2 } });
  expect(info.lastError?.next).toContain('berth resume looping');
  const { sessionId } = info.adaptation ?? {};

  model.script(write('app.py', good), claim());
  await client.resume('looping', { hint: 'use the Thermometer' });
  const resumed = await waitForState('looping', 'running');
  expectRepaired(resumed, 3);
  expect(resumed.adaptation?.sessionId).toBe(sessionId);
  expect(model.requests.at(-1)?.text).toContain('use the Thermometer');
  await expectAnswer('looping');
});

test('a rate limit delays a round, and does not count as one', async () => {
  model.script(refuse(429, 1), refuse(429, 1), refuse(429, 1), refuse(429, 1), write('app.py', good), claim());
  expectRepaired(await deploy(options('limited')), 1);
  await expectAnswer('limited');
});

test('after a worker dies in a round, the next one continues the session of that round', async () => {
  model.script(write('app.py', wrong), claim(), hang());
  await startDeployment(options('dying'));
  const from = model.requests.length;
  while (model.requests.length < from + 3) await new Promise((resolve) => setTimeout(resolve, 20));
  await killWorker();
  model.script(write('app.py', good), claim());
  await ensureStack({ needsWorker: true });
  expectRepaired(await waitForState('dying', 'running'), 2);
  await expectAnswer('dying');
});

test('a deployment still waits after a restart of the stack, and another agent takes over', async () => {
  model.script(write('app.py', wrong), claim());
  await deploy({ ...options('handed-over'), rounds: 1 });
  mkdirSync(home.root, { recursive: true });
  const script = join(home.root, 'handy.sh');
  writeFileSync(
    script,
    `cat > app.py <<'END'\n${good}END\necho '<run_interface>{"type":"function","module":"app","callable":"predict"}</run_interface>'\n`,
  );
  writeFileSync(join(home.root, 'config.yaml'), `agents:\n  handy:\n    argv: [sh, ${script}]\n`);
  await stopStack();
  await ensureStack({ needsWorker: true });
  expect(await waitForState('handed-over', 'waiting')).toMatchObject({ lastError: { code: 'CONTRACT_FAILED' } });
  await (await connectOnce()).resume('handed-over', { agent: 'handy' });
  expect(await waitForState('handed-over', 'running')).toMatchObject({ adaptation: { by: 'handy', rounds: 2 } });
  await expectAnswer('handed-over');
});

test('edits by the user are verified without an agent', async () => {
  model.script(write('app.py', wrong), claim());
  await deploy({ ...options('by-hand'), rounds: 1 });
  writeFileSync(join(deploymentDirectory(home, 'by-hand').workspace, 'app.py'), good);
  await (await connectOnce()).resume('by-hand', { agent: 'none' });
  expect(await waitForState('by-hand', 'running')).toMatchObject({ adaptation: { by: 'user' } });
  await expectAnswer('by-hand');
});

test('agents receive no secrets of the software, and their work is recorded', async () => {
  const secret = 'canary-19ac44e0b7';
  model.script(run('env; cat /proc/$PPID/environ || true'), write('app.py', good), claim());
  await deploy({ ...options('discreet'), env: { API_TOKEN: secret } });
  expect(model.requests.filter(({ text }) => text.includes(secret))).toEqual([]);
  const { agentLog } = deploymentDirectory(home, 'discreet');
  expect(existsSync(agentLog)).toBe(true);
  expect(readFileSync(agentLog, 'utf8')).toContain('app.py');
  await expectAnswer('discreet');
});

async function killWorker(): Promise<void> {
  const file = join(home.stack, 'worker.json');
  const { process: identity } = JSON.parse(readFileSync(file, 'utf8')) as { process: ProcessIdentity };
  process.kill(identity.pid, 'SIGKILL');
  while (isSameProcess(identity)) await new Promise((resolve) => setTimeout(resolve, 10));
}
