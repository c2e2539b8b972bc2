// Records the histories that replay.test.ts replays: `npm run record`, or `npm run record -- -t STORY`. Each story runs
// here and is stored in histories/<today>/. Histories of earlier releases stay: deployments of that time may still run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { buildRunWorkflowId } from '../../src/client/durable-runs/run-id.js';
import { deploymentDirectory } from '../../src/home/home.js';
import { packageRoot } from '../../src/home/package-root.js';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { createSchedule, runNow } from '../client/schedules/create-schedule.js';
import {
  callDeployment,
  connectOnce,
  deploy,
  redeploy,
  rollBack,
  startDeployment,
  startWithHistoryLimit,
  waitForInfo,
  waitForState,
} from '../support/deployments.js';
import { fetchRuns, type History } from '../support/histories.js';
import { temporarySolution, writeTree } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

process.env.BERTH_HOST_ID = 'recorded';
const home = temporaryStack();

const answering = (version: string) => `def predict(n: int = 1):\n    return {"version": "${version}", "n": n}\n`;
const broken = 'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n';
const slow = `import time\ntime.sleep(30)\n${answering('slow')}`;
const failing = 'def predict(n: int = 1):\n    if n > 1:\n        raise ValueError("too much")\n    return n\n';
const dying = 'import os\ndef predict(n: int = 1):\n    return os._exit(3) if n > 1 else n\n';

const dyingOnce = `import os
def predict(mark: str):
    if os.path.exists(mark):
        return "answered"
    open(mark, "w").close()
    os._exit(3)
`;

/** Agent with a first result that is rejected, and a second one that is accepted. */
const answerTwice = `test -f app.py && version=good || version=bad
cat > app.py <<END
def predict(n: int = 1):
    return {"version": "$version"}
END
echo '<run_interface>{"type":"function","module":"app","callable":"predict"}</run_interface>'
`;

const write = (directory: string, code: string) => writeTree(directory, { 'main.py': code });
const workspace = (name: string) => deploymentDirectory(home, name).workspace;
const untilVerifying = (name: string) => waitForInfo(name, ({ change }) => change?.state === 'verifying');
const untilRolledBack = (name: string) => waitForInfo(name, ({ changes }) => changes.at(-1)?.kind === 'rollback');

/** Stories of a deployment after its first deploy, from a source that works. */
const stories: Record<string, (name: string, source: string) => Promise<void>> = {
  'redeployed-rolled-back-pruned': async (name, source) => {
    write(source, answering('two'));
    await redeploy(name, { changes: { bake: 1, keep: 2 } });
    await waitForInfo(name, ({ bake }) => bake === null);
    await rollBack(name);
    await redeploy(name);
    await redeploy(name, { changes: { keep: 2 }, isForced: true });
  },
  'bake-failed-by-calls': async (name, source) => {
    write(source, failing);
    await redeploy(name);
    for (let times = 0; times < 6; times += 1) await callDeployment(name, { n: 2 });
    await untilRolledBack(name);
  },
  'bake-failed-by-exit': async (name, source) => {
    write(source, dying);
    await redeploy(name);
    await callDeployment(name, { n: 2 });
    await untilRolledBack(name);
  },
  'restarted-stopped-started': async (name, source) => {
    write(source, dying);
    await redeploy(name, { changes: { bake: 0 } });
    await callDeployment(name, { n: 2 });
    await waitForInfo(name, ({ restarts }) => restarts === 1);
    const client = await connectOnce();
    await client.stop(name);
    await client.start(name);
  },
  'redeploy-failed-and-fixed': async (name, source) => {
    write(source, broken);
    await redeploy(name);
    write(workspace(name), answering('fixed'));
    await (await connectOnce()).resume(name, { agent: 'none' });
    await waitForInfo(name, ({ revision }) => revision === 'r2');
  },
  'redeploy-failed-and-abandoned': async (name, source) => {
    write(source, broken);
    await redeploy(name);
    await (await connectOnce()).abandon(name);
    await redeploy(name);
    write(source, answering('two'));
    await redeploy(name);
  },
  'queued-redeploys-superseded': async (name) => {
    const client = await connectOnce();
    for (let times = 0; times < 3; times += 1) await client.redeploy(name, { changes: {}, isForced: true });
    await client.followChange(name, 'c4', () => {});
  },
  'redeploy-abandoned-and-stopped': async (name, source) => {
    const client = await connectOnce();
    write(source, slow);
    await client.redeploy(name, { changes: {}, isForced: false });
    await untilVerifying(name);
    await client.abandon(name);
    await client.redeploy(name, { changes: {}, isForced: false });
    await untilVerifying(name);
    await client.stop(name);
    await client.start(name);
  },
  'cleaned-up-during-redeploy': async (name, source) => {
    write(source, slow);
    await (await connectOnce()).redeploy(name, { changes: {}, isForced: false });
    await untilVerifying(name);
  },
  'redeployed-by-schedule': async (name, source) => {
    await redeploy(name, { changes: { bake: 0 }, isForced: true });
    write(source, answering('two'));
    await createSchedule(name, { every: '1d' });
    const live = await runNow(name);
    write(source, broken);
    const failed = await runNow(name);
    await record(live.workflowId, 'schedule-run-live');
    await record(failed.workflowId, 'schedule-run-failed');
  },
};

test.each(Object.entries(stories))('%s', async (name, play) => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name, solution: source });
  await play(name, source);
  await (await connectOnce()).cleanup(name);
  await record(workflowId(name), name);
});

test('first-contract-failed-and-fixed', async () => {
  const name = 'first-contract-failed-and-fixed';
  const solution = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name, solution, examples: [{ input: {}, output: { version: 'two' }, match: 'subset' }] });
  write(workspace(name), answering('two'));
  const client = await connectOnce();
  await client.resume(name, { agent: 'none' });
  await client.follow(name, () => {});
  await client.cleanup(name);
  await record(workflowId(name), name);
});

test('repaired-by-agent', async () => {
  const name = 'repaired-by-agent';
  const agent = join(temporarySolution({ 'agent.sh': answerTwice }), 'agent.sh');
  writeTree(home.root, { 'config.yaml': `agents:\n  repairer:\n    argv: [sh, ${agent}]\n` });
  const solution = temporarySolution({ 'notes.py': 'greeting = "hello"\n' });
  const examples = [{ input: { n: 2 }, output: { version: 'good' }, match: 'subset' as const }];
  await deploy({ name, solution, strategy: 'local', agent: 'repairer', examples });
  write(solution, broken);
  await redeploy(name);
  await (await connectOnce()).cleanup(name);
  await record(workflowId(name), name);
});

test('first-deploy-abandoned', async () => {
  const name = 'first-deploy-abandoned';
  await deploy({ name, solution: temporarySolution({ 'main.py': broken }), agent: 'none' });
  await (await connectOnce()).abandon(name);
  await waitForState(name, 'cleaned');
  await record(workflowId(name), name);
});

test('cleaned-up-during-first-deploy', async () => {
  const name = 'cleaned-up-during-first-deploy';
  await startDeployment({ name, solution: temporarySolution({ 'main.py': slow }) });
  await untilVerifying(name);
  await (await connectOnce()).cleanup(name);
  await record(workflowId(name), name);
});

test('continued-as-new', async () => {
  const name = 'continued-as-new';
  const client = await connectOnce();
  await startWithHistoryLimit({ name, solution: temporarySolution({ 'main.py': answering('one') }) }, 30);
  await client.follow(name, () => {});
  await client.stop(name);
  await client.start(name);
  await client.cleanup(name);
  await record(workflowId(name), name);
});

test('examples-carried-over', async () => {
  const name = 'examples-carried-over';
  const solution = temporarySolution({ 'main.py': answering('one') });
  const examples = [{ input: { n: 2 }, output: { n: 2 }, match: 'subset' as const }];
  await startWithHistoryLimit({ name, solution, examples }, 30);
  await waitForState(name, 'running');
  await redeploy(name, { changes: { bake: 0 }, isForced: true });
  await redeploy(name, { changes: { bake: 0, examples: [{ input: {}, match: 'subset' }] } });
  await redeploy(name, { changes: { examples } });
  await rollBack(name, 'r1');
  await (await connectOnce()).cleanup(name);
  await record(workflowId(name), name);
});

test('durable-runs', async () => {
  const name = 'durable-runs';
  const mark = join(temporarySolution({}), 'called');
  await deploy({ name, solution: temporarySolution({ 'main.py': dyingOnce }) });
  const client = await connectOnce();
  await client.stop(name);
  const waiting = await client.runs.start(name, { mark }, { id: 'waited-lost-and-answered' });
  await client.start(name);
  await client.runs.waitForAnswer(waiting);
  await client.stop(name);
  const unanswerable = await client.runs.start(name, { mark }, { id: 'deployment-gone' });
  await client.cleanup(name);
  await client.runs.waitForAnswer(unanswerable);
  for (const { id } of [waiting, unanswerable]) await record(buildRunWorkflowId(name, id), `durable-run-${id}`);
});

/** Stores one file per run, named for the story. */
async function record(id: string, story: string): Promise<void> {
  const directory = join(packageRoot, 'test', 'workflows', 'histories', new Date().toISOString().slice(0, 10));
  mkdirSync(directory, { recursive: true });
  const connection = await Connection.connect((await ensureStack({ needsWorker: true })).connectionOptions);
  for (const [index, history] of (await fetchRuns(new Client({ connection }), id)).entries())
    writeFileSync(join(directory, `${story}${index === 0 ? '' : `.${index + 1}`}.json`), formatHistory(history));
  await connection.close();
}

/** Formats one event per line, without stack traces and identities: a replay needs neither, and both name the machine. */
function formatHistory(history: History): string {
  const hidden = new Set(['stackTrace', 'identity']);
  const { events } = JSON.parse(historyToJSON(history), (key, value) => (hidden.has(key) ? '' : value)) as {
    events: unknown[];
  };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}
