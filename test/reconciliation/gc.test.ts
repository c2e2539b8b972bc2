/** @needs git python3 uv temporal setsid */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openSoftware } from '../../src/calls/open-software.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { isSameProcess, type ProcessIdentity } from '../../src/processes/process-identity.js';
import { findProcessesByVariablePrefix } from '../../src/processes/processes-by-environment.js';
import type { Orphan, SkippedDeployment } from '../../src/reconciliation/index.js';
import { ensureStack, getHostId } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { Ledger } from '../../src/workspaces/index.js';
import { runBin } from '../support/bin.js';
import { connectOnce, deploy, startDeployment } from '../support/deployments.js';
import { temporarySolution, writeTree } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();

interface Report {
  leftOvers: Orphan[];
  kept: SkippedDeployment[];
  removed: Orphan[];
  failures: Orphan[];
  freedBytes: number;
}

async function gc(words: string[] = [], env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await runBin(['gc', ...words, '--json'], { home: home.root, env });
  if (!stdout.startsWith('{')) throw new Error(`berth gc wrote no JSON but: ${stdout}${stderr}`);
  return { exitCode, report: JSON.parse(stdout) as Report };
}

/** Server that leaves its process group and outlives its parent. */
const escapingServer = `import os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
def predict(n: int):
    return [n, os.getpid()]
`;

const ask = async (name: string) => {
  const software = await openSoftware(name, home);
  const answer = await software.run({ n: 1 });
  await software.close();
  return answer;
};

const processesIn = (name: string): number[] =>
  findProcessesByVariablePrefix(
    ['BERTH_SERVER', 'BERTH_AGENT_RUN', 'BERTH_BUILD'],
    `${deploymentDirectory(home, name).root}/`,
  ).map(({ pid }) => pid);

async function askServer<T>(question: (client: Client) => Promise<T>): Promise<T> {
  const { connectionOptions, namespace } = await ensureStack({ needsWorker: false });
  const connection = await Connection.connect(connectionOptions);
  try {
    return await question(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

/** Ends a workflow like a user in the Web UI, or a server crash between two steps: nothing is undone. */
const terminate = (name: string) =>
  askServer(({ workflow }) => workflow.getHandle(workflowId(name)).terminate('for the test'));

async function killWorker(): Promise<void> {
  const record = JSON.parse(readFileSync(join(home.stack, 'worker.json'), 'utf8')) as { process: ProcessIdentity };
  process.kill(record.process.pid, 'SIGKILL');
  while (isSameProcess(record.process)) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function eventually(what: string, isTrue: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !isTrue(); ) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Sets the times of an environment, which was created and last used this many hours ago. */
function age(path: string, hours: number): void {
  const then = new Date(Date.now() - hours * 3_600_000);
  utimesSync(join(path, '.berth-complete'), then, then);
  utimesSync(path, then, then);
}

const orphan = (name: string) =>
  writeTree(join(home.environments, name), { '.berth-complete': '', 'lib/large': 'x'.repeat(50_000) });

test('gc lists orphans, removes them with --yes, and does not touch open deployments', async () => {
  const solution = temporarySolution({ 'main.py': escapingServer });
  await deploy({ name: 'living', solution });
  await deploy({ name: 'lost', solution });
  const before = await ask('living');
  expect(processesIn('lost')).toHaveLength(2);
  await terminate('lost');
  const cleanup = await runBin(['cleanup', 'lost', '--yes', '--json'], { home: home.root });
  expect(JSON.parse(cleanup.stdout)).toMatchObject({
    error: { code: 'WORKFLOW_ENDED', next: expect.stringContaining('berth gc --yes') },
  });
  age(orphan('aaaa'), 2);
  orphan('bbbb');
  mkdirSync(join(home.environments, '.making-cccc-999999999-abcdef'));

  const { report } = await gc();
  const lost = report.leftOvers.filter(({ deployment }) => deployment === 'lost');
  expect(lost.map(({ kind }) => kind).sort()).toEqual(['directory', 'process']);
  expect(lost.map(({ why }) => why)).toEqual(lost.map(() => 'its deployment has ended'));
  const others = report.leftOvers.filter(({ deployment }) => deployment !== 'lost');
  expect(others.map(({ kind, name }) => [kind, name.split('/').at(-1)])).toEqual([
    ['environment', 'aaaa'],
    ['scratch', '.making-cccc-999999999-abcdef'],
  ]);
  expect(report).toMatchObject({ removed: [], freedBytes: 0, kept: [] });
  expect(processesIn('lost')).toHaveLength(2);

  const { exitCode, report: swept } = await gc(['--yes']);
  expect({ exitCode, failures: swept.failures }).toEqual({ exitCode: 0, failures: [] });
  expect(swept.removed).toHaveLength(report.leftOvers.length);
  expect(swept.freedBytes).toBeGreaterThan(50_000);
  expect(processesIn('lost')).toEqual([]);
  expect(existsSync(deploymentDirectory(home, 'lost').root)).toBe(false);
  expect(existsSync(join(home.environments, 'bbbb'))).toBe(true);
  expect(await ask('living')).toEqual(before);
  expect((await gc()).report).toMatchObject({ leftOvers: [], kept: [] });
});

test('gc removes nothing if the server is unreachable or is not the one that holds the deployments', async () => {
  const before = await ask('living');
  const none = await runBin(['gc', '--yes', '--json'], { home: home.root, env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } });
  expect(none.exitCode).toBe(3);
  expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: 'SERVER_UNREACHABLE' } });

  const { report } = await gc(['--yes'], { TEMPORAL_ADDRESS: process.env.BERTH_TEST_TEMPORAL as string });
  expect(report).toMatchObject({
    leftOvers: [],
    removed: [],
    kept: [{ deployment: 'living', why: 'it was deployed with another Temporal server' }],
  });
  expect(await ask('living')).toEqual(before);
});

test('a returning worker removes the remains of deployments that have ended, and logs it', async () => {
  await deploy({ name: 'crashed', solution: temporarySolution({ 'main.py': escapingServer }) });
  const before = await ask('living');
  age(orphan('dddd'), 8 * 24);
  age(orphan('eeee'), 6 * 24);
  await killWorker();
  await terminate('crashed');
  expect(processesIn('crashed')).toHaveLength(2);

  await ensureStack({ needsWorker: true });
  await eventually('the reconciliation', () => !existsSync(join(home.environments, 'dddd')));
  await eventually('the end of what crashed', () => !existsSync(deploymentDirectory(home, 'crashed').root));
  expect(processesIn('crashed')).toEqual([]);
  expect(existsSync(join(home.environments, 'eeee'))).toBe(true);
  expect(await new Ledger(home, 'crashed').listPending()).toEqual([]);
  const log = () => readFileSync(join(home.logs, 'worker.log'), 'utf8');
  await eventually('the log', () => /reconcile: removed directory .*crashed: its deployment has ended/.test(log()));
  expect(log()).not.toContain('is not reconciled by itself');
  const schedule = await askServer((client) => client.schedule.getHandle(`berth-reconcile-${getHostId()}`).describe());
  expect(schedule.spec).toMatchObject({ intervals: [{ every: 3_600_000 }], endAt: expect.any(Date) });
  expect(await ask('living')).toEqual(before);
});

test('cleanup ends a coding agent that has outlived its worker, with its child processes', async () => {
  const agent = join(temporarySolution({ 'agent.sh': stubborn }), 'agent.sh');
  writeTree(home.root, { 'config.yaml': `agents:\n  stubborn: { argv: [sh, ${agent}] }\n` });
  const solution = temporarySolution({ 'app.py': 'print("there is nothing to call")\n' });
  await startDeployment({ name: 'adapting', solution, agent: 'stubborn', strategy: 'local' });
  await eventually('the agent and its child', () => processesIn('adapting').length >= 2);
  await killWorker();
  await ensureStack({ needsWorker: true });
  expect(await (await connectOnce()).cleanup('adapting')).toMatchObject({ state: 'cleaned' });
  expect(processesIn('adapting')).toEqual([]);
});

const stubborn = "trap '' TERM INT\nsetsid sleep 600 &\nwhile :; do sleep 1; done\n";

test('abandoned revisions of an open deployment are orphans, and one that may be in progress is not', async () => {
  const { revisions } = deploymentDirectory(home, 'living');
  writeTree(revisions, { 'r0/code/main.py': '', 'r2/code/main.py': '' });
  const { report } = await gc(['--yes']);
  const own = report.removed.filter(({ deployment }) => deployment === 'living');
  expect(own).toMatchObject([
    { kind: 'directory', name: join(revisions, 'r0'), why: 'living no longer keeps revision r0' },
  ]);
  expect(readdirSync(revisions).sort()).toEqual(['r1', 'r2']);
});

test('an environment of an open deployment stays at any age, until the deployment ends', async () => {
  const pending = await new Ledger(home, 'living').listPending();
  const used = pending.find(({ kind }) => kind === 'reference') as { path: string };
  age(used.path, 30 * 24);
  expect((await gc(['--yes'])).report.removed.map(({ name }) => name)).not.toContain(used.path);
  await (await connectOnce()).cleanup('living');
  expect(Date.now() - statSync(used.path).mtimeMs).toBeLessThan(60_000);
  const { report } = await gc(['--yes']);
  expect(report.removed.map(({ name }) => name)).toContain(used.path);
  expect(existsSync(used.path)).toBe(false);
});

test('the history of a cleaned deployment is available after the server has deleted it', async () => {
  // A server that does not know the deployment, like its own after the retention of closed workflows.
  const env = { TEMPORAL_ADDRESS: process.env.BERTH_TEST_TEMPORAL as string };
  const result = await runBin(['history', 'living', '--json'], { home: home.root, env });
  const { state, steps } = JSON.parse(result.stdout) as { state: string; steps: { step: string }[] };
  expect(state).toBe('cleaned');
  expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['selectStrategy', 'createRunner']));
  expect(await runBin(['history', 'never', '--json'], { home: home.root, env })).toMatchObject({ exitCode: 2 });
});
