/** @needs git python3 uv temporal */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { openSoftware } from '../../src/calls/open-software.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { digestTree } from '../../src/workspaces/index.js';
import { connectOnce, deploy, startDeployment, waitForState } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const doubling = 'def predict(inputs):\n    return {"doubled": inputs["n"] * 2}\n';

const call = async (name: string, inputs: unknown) => {
  const software = await openSoftware(name, home);
  const answer = await software.run(inputs);
  await software.close();
  return answer;
};

/** Expects that no directory, ledger or process of the deployment exists. */
function expectNothingLeft(name: string): void {
  expect(existsSync(deploymentDirectory(home, name).root)).toBe(false);
  expect(existsSync(home.ledger) ? readdirSync(home.ledger).filter((file) => file.startsWith(`${name}.`)) : []).toEqual(
    [],
  );
  const own = listProcesses(home).filter((pid) => commandLine(pid).includes(`/${name}/`));
  expect(own).toEqual([]);
}

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};

test('a repository becomes running, verified software, and a cleanup leaves nothing', async () => {
  const source = temporarySolution({ 'main.py': doubling });
  const before = await digestTree(source);
  const info = await deploy({
    name: 'doubling',
    solution: source,
    examples: [{ input: { n: 2 }, output: { doubled: 4 }, match: 'subset' }],
  });

  expect(info).toMatchObject({
    state: 'running',
    strategy: 'local',
    interface: 'function',
    revision: 'r1',
    adaptedFiles: [],
    runInterface: { type: 'function', module: 'main', callable: 'predict' },
    selection: { decidedBy: 'rules' },
    adaptation: { rounds: 0, cost: 0, sessionId: null },
    contract: { source: 'user', examples: 1, passed: 1 },
    restarts: 0,
    lastError: null,
  });
  const [decision] = info.steps.filter(({ step }) => step === 'selectStrategy');
  expect(decision).toMatchObject({ note: 'local, by rules', why: info.selection?.reasoning });
  expect(info.checks.map(({ name }) => name)).toEqual([
    'structure',
    'syntax',
    'install',
    'import',
    'contract locally',
    'ready',
    'contract at the endpoint',
  ]);
  expect(await call('doubling', { n: 21 })).toEqual({ status: 'success', output: { doubled: 42 } });

  const cleaned = await (await connectOnce()).cleanup('doubling');
  expect(cleaned.state).toBe('cleaned');
  expectNothingLeft('doubling');
  expect(await digestTree(source)).toBe(before);
});

test('stop ends the processes and keeps the rest; start runs the same revision again', async () => {
  const client = await connectOnce();
  await deploy({ name: 'resting', solution: temporarySolution({ 'main.py': doubling }) });

  expect(await client.stop('resting')).toMatchObject({ state: 'stopped', endpoint: null });
  await expect(call('resting', { n: 1 })).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  await expect(client.stop('resting')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });

  expect(await client.start('resting')).toMatchObject({ state: 'running', revision: 'r1', restarts: 0 });
  expect(await call('resting', { n: 4 })).toMatchObject({ output: { doubled: 8 } });
  await client.cleanup('resting');
  expectNothingLeft('resting');
});

test('software that dies is restarted, and the restart is counted', async () => {
  const client = await connectOnce();
  const source = temporarySolution({
    'main.py':
      'import os\ndef predict(n: int, die: bool = False):\n    if die:\n        os._exit(3)\n    return n * 2\n',
  });
  await deploy({ name: 'falling', solution: source });
  expect(await call('falling', { n: 1, die: true })).toMatchObject({ status: 'error', error: { code: 'CALL_LOST' } });

  const fallen = await waitForState('falling', 'unhealthy');
  expect(fallen.lastError).toMatchObject({ code: 'NOT_READY' });
  const back = await waitForState('falling', 'running');
  expect(back.restarts).toBe(1);
  expect(await call('falling', { n: 3 })).toMatchObject({ output: 6 });
  await client.cleanup('falling');
});

test('a deployment that fails its contract never runs; it waits with evidence until it is abandoned', async () => {
  const client = await connectOnce();
  const info = await deploy({
    name: 'wrong',
    solution: temporarySolution({ 'main.py': doubling }),
    examples: [{ input: { n: 2 }, output: { doubled: 5 }, match: 'subset' }],
  });

  expect(info).toMatchObject({ state: 'waiting', revision: null, lastError: { code: 'CONTRACT_FAILED' } });
  expect(info.lastError?.evidence).toContain('5');
  expect(existsSync(deploymentDirectory(home, 'wrong').workspace)).toBe(true);
  expect(listProcesses(home).filter((pid) => commandLine(pid).includes('/wrong/'))).toEqual([]);

  expect(await client.abandon('wrong')).toMatchObject({ state: 'cleaned' });
  expectNothingLeft('wrong');
});

test('a deployment with an invalid request ends, and its name is free again', async () => {
  const solution = temporarySolution({ 'one.py': doubling, 'two.py': doubling });
  await expect(deploy({ name: 'ambiguous', solution })).rejects.toMatchObject({ code: 'ENTRY_AMBIGUOUS' });
  expectNothingLeft('ambiguous');

  expect(await deploy({ name: 'ambiguous', solution, entry: 'two:predict' })).toMatchObject({ state: 'running' });
  await (await connectOnce()).cleanup('ambiguous');
});

test('a taken name is rejected with the state of its deployment', async () => {
  const solution = temporarySolution({ 'main.py': doubling });
  await deploy({ name: 'taken', solution });
  await expect(startDeployment({ name: 'taken', solution })).rejects.toMatchObject({
    code: 'NAME_TAKEN',
    message: expect.stringContaining('running'),
  });
  await (await connectOnce()).cleanup('taken');
});

test.each(['selecting', 'copying', 'adapting', 'verifying', 'starting', 'checking', 'running'] as const)(
  'cleanup while %s leaves nothing',
  async (state) => {
    const slow = 'import time\ntime.sleep(0.3)\ndef predict(inputs):\n    time.sleep(0.2)\n    return 1\n';
    const name = `early-${state}`;
    await startDeployment({
      name,
      solution: temporarySolution({ 'main.py': slow }),
      examples: [{ input: 1, output: 1, match: 'exact' }],
    });
    await waitForState(name, state, 'running');
    expect(await (await connectOnce()).cleanup(name)).toMatchObject({ state: 'cleaned' });
    expectNothingLeft(name);
  },
);

test('the list shows each deployment with its state', async () => {
  const client = await connectOnce();
  await deploy({ name: 'listed', solution: temporarySolution({ 'main.py': doubling }) });
  await expect(client.info('never-deployed')).rejects.toMatchObject({ code: 'NAME_UNKNOWN' });
  const find = async () => (await client.list()).find(({ name }) => name === 'listed');
  for (let tries = 0; (await find())?.state !== 'running' && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await find()).toMatchObject({ state: 'running', strategy: 'local', revision: 'r1' });
  await client.cleanup('listed');
});
