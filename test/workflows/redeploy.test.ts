/** @needs git python3 uv temporal */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openSoftware } from '../../src/calls/open-software.js';
import type { DeploymentInfo } from '../../src/contract/index.js';
import { prepareRedeployment } from '../../src/factory/prepare-config.js';
import { deploymentDirectory, revisionDirectory } from '../../src/home/home.js';
import { findRunningServer, getServerAddress } from '../../src/stack/embedded-server.js';
import { workflowId } from '../../src/workflows/messages.js';
import { callDeployment, connectOnce, deploy, redeploy, rollBack, waitForInfo } from '../support/deployments.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const answering = (version: string) => `def predict(n: int = 1):\n    return {"version": "${version}", "n": n}\n`;

/** Waits until the server's index shows the state of the change. */
async function untilListed(name: string, change: DeploymentInfo['state'] | null): Promise<void> {
  const client = await connectOnce();
  const find = async () => (await client.list()).find((one) => one.name === name);
  for (const deadline = Date.now() + 30_000; (await find())?.change !== change && Date.now() < deadline; )
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await find()).toMatchObject({ state: 'running', revision: change === null ? 'r2' : 'r1', change });
}

/** Reads what the Web UI shows: current details and search attributes. */
async function readWebUi(name: string): Promise<{ details: string; attributes: Record<string, unknown> }> {
  const server = findRunningServer(home);
  if (server === null) throw new Error('the embedded server runs');
  const connection = await Connection.connect({ address: getServerAddress(server) });
  try {
    const handle = new Client({ connection }).workflow.getHandle(workflowId(name));
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    const { typedSearchAttributes } = await handle.describe();
    const pairs = typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    return { details: metadata.currentDetails, attributes: Object.fromEntries(pairs) };
  } finally {
    await connection.close();
  }
}

const outcomes = ({ changes }: DeploymentInfo) =>
  changes.map(({ id, kind, outcome, revision }) => [id, kind, outcome, revision]);

test('a redeploy switches to the new revision, a rollback to the previous one, and an unchanged source changes nothing', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'changing', solution: source });
  expect(await callDeployment('changing', {})).toMatchObject({ output: { version: 'one' } });

  expect(outcomes(await redeploy('changing'))).toContainEqual(['c2', 'redeploy', 'unchanged', null]);

  writeFileSync(join(source, 'main.py'), answering('two'));
  const second = await redeploy('changing', { changes: { bake: 0 } });
  expect(second).toMatchObject({ state: 'running', revision: 'r2', bake: null });
  expect(second.revisions.map(({ id, state }) => [id, state])).toEqual([
    ['r1', 'kept'],
    ['r2', 'active'],
  ]);
  expect(await callDeployment('changing', {})).toMatchObject({ output: { version: 'two' } });

  const back = await rollBack('changing');
  expect(back).toMatchObject({ state: 'running', revision: 'r1' });
  expect(await callDeployment('changing', {})).toMatchObject({ output: { version: 'one' } });
  expect(outcomes(back)).toEqual([
    ['c1', 'deploy', 'live', 'r1'],
    ['c2', 'redeploy', 'unchanged', null],
    ['c3', 'redeploy', 'live', 'r2'],
    ['c4', 'rollback', 'live', 'r1'],
  ]);
  await expect(rollBack('changing')).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  expect(await rollBack('changing', 'r2')).toMatchObject({ revision: 'r2' });

  await (await connectOnce()).cleanup('changing');
  expect(existsSync(deploymentDirectory(home, 'changing').root)).toBe(false);
  expect(listProcesses(home).length).toBeLessThanOrEqual(2);
});

test('a failed redeploy leaves the old revision serving, waits, and continues when resumed', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({
    name: 'failing',
    solution: source,
    examples: [{ input: { n: 4 }, output: { n: 4 }, match: 'subset' }],
  });
  writeFileSync(join(source, 'main.py'), 'def predict(n: int = 1):\n    return {"n": n + 1}\n');
  const waiting = await redeploy('failing');
  expect(waiting).toMatchObject({
    state: 'running',
    revision: 'r1',
    lastError: null,
    change: { state: 'waiting', revision: 'r2', lastError: { code: 'CONTRACT_FAILED' } },
  });
  expect(await callDeployment('failing', {})).toMatchObject({ output: { version: 'one' } });

  const client = await connectOnce();
  await untilListed('failing', 'waiting');
  const { details, attributes } = await readWebUi('failing');
  expect(details).toContain('**The redeploy to r2 is waiting.**');
  expect(details).toContain('output.n: expected 4, got 5');
  expect(details).toContain('`berth abandon failing`');
  expect(attributes).toMatchObject({ BerthName: 'failing', BerthState: 'running', BerthChange: 'waiting' });
  expect(attributes).toMatchObject({ BerthStrategy: 'local', BerthRevision: 'r1', BerthHost: waiting.host });
  expect((await fetch(waiting.webUrl ?? '')).status).toBe(200);
  writeFileSync(join(deploymentDirectory(home, 'failing').workspace, 'main.py'), answering('fixed'));
  await client.resume('failing', { agent: 'none' });
  const resumed = await client.follow('failing', () => {});
  expect(resumed).toMatchObject({ revision: 'r2', change: null });
  expect(await callDeployment('failing', {})).toMatchObject({ output: { version: 'fixed' } });
  await untilListed('failing', null);
  await client.cleanup('failing');
});

test('an abandoned redeploy leaves nothing, and the workspace of the active revision is back', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'given-up', solution: source });
  writeFileSync(
    join(source, 'main.py'),
    'def predict(n: int = 1):\n    """>>> predict()\n    1"""\n    return nothing\n',
  );
  expect(await redeploy('given-up')).toMatchObject({ change: { state: 'waiting' } });

  const client = await connectOnce();
  const { workspace, revisions } = deploymentDirectory(home, 'given-up');
  expect(await client.abandon('given-up')).toMatchObject({ state: 'running', revision: 'r1', change: null });
  expect(readdirSync(revisions)).toEqual(['r1']);
  expect(existsSync(join(workspace, 'main.py'))).toBe(true);

  writeFileSync(join(source, 'main.py'), answering('three'));
  expect(await redeploy('given-up')).toMatchObject({ revision: 'r3' });
  expect(await callDeployment('given-up', {})).toMatchObject({ output: { version: 'three' } });
  await client.cleanup('given-up');
});

test('the newest request supersedes a queued or waiting change', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'hurried', solution: source });
  const client = await connectOnce();
  const forced = { changes: {}, isForced: true };
  const ids = [];
  for (let request = 0; request < 3; request += 1) ids.push((await client.redeploy('hurried', forced)).id);
  expect(ids).toEqual(['c2', 'c3', 'c4']);
  const info = await client.followChange('hurried', 'c4', () => {});
  expect(outcomes(info)).toEqual([
    ['c1', 'deploy', 'live', 'r1'],
    ['c3', 'redeploy', 'superseded', null],
    ['c2', 'redeploy', 'live', 'r2'],
    ['c4', 'redeploy', 'live', 'r3'],
  ]);
  await client.cleanup('hurried');
});

test('revisions beyond the limit are discarded, oldest first', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'keeping', solution: source, keep: 2 });
  await redeploy('keeping', { isForced: true });
  const info = await redeploy('keeping', { isForced: true });
  expect(info.revisions.map(({ id }) => id)).toEqual(['r2', 'r3']);
  expect(existsSync(revisionDirectory(home, 'keeping', 'r1').root)).toBe(false);
  expect(existsSync(revisionDirectory(home, 'keeping', 'r2').code)).toBe(true);
  await (await connectOnce()).cleanup('keeping');
});

test('callers lose no call during a redeploy, and every answer comes from the old or the new version', async () => {
  const source = temporarySolution({ 'main.py': slowly('0') });
  await deploy({ name: 'busy', solution: source });
  const software = await openSoftware('busy', home);
  const seen: unknown[] = [];
  let isOver = false;
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) seen.push(await software.run({}));
  });
  for (let version = 1; version <= 3; version += 1) {
    writeFileSync(join(source, 'main.py'), slowly(String(version)));
    expect(await redeploy('busy', { changes: { bake: 0 } })).toMatchObject({ revision: `r${version + 1}` });
    expect(await software.run({})).toMatchObject({ output: String(version) });
  }
  isOver = true;
  await Promise.all(callers);
  await software.close();
  expect(seen.filter((answer) => !isVersion(answer))).toEqual([]);
  await (await connectOnce()).cleanup('busy');
});

const slowly = (version: string) => `import time\ndef predict():\n    time.sleep(0.05)\n    return "${version}"\n`;

const isVersion = (answer: unknown): boolean => {
  const { status, output } = answer as { status: string; output: string };
  return status === 'success' && /^[0-3]$/.test(output);
};

test('a call that runs during the switch is answered by the revision that it reached', async () => {
  const source = temporarySolution({ 'main.py': waiting('old') });
  await deploy({ name: 'patient', solution: source });
  const software = await openSoftware('patient', home);
  const under = software.run({ seconds: 4 });
  const parts = software.stream({ seconds: 1, steps: 5 })[Symbol.asyncIterator]();
  expect(await parts.next()).toMatchObject({ value: { status: 'chunk', output: 'old' } });
  const rest = (async () => {
    const read: unknown[] = [];
    for (let part = await parts.next(); !part.done; part = await parts.next()) read.push(part.value.output);
    return read;
  })();
  writeFileSync(join(source, 'main.py'), waiting('new'));
  const info = await redeploy('patient');
  expect(await under).toMatchObject({ output: 'old' });
  expect(await rest).toEqual(['old', 'old', 'old', 'old', 'old'.repeat(5)]);
  expect(info.steps.find(({ step }) => step === 'retireRevision')?.note).toBe('its last call has ended');
  expect(await software.run({})).toMatchObject({ output: 'new' });
  await software.close();
  await (await connectOnce()).cleanup('patient');
});

const waiting = (version: string) => `
import time

def predict(seconds: float = 0, steps: int = 0):
    if steps > 0:
        return stream(seconds, steps)
    time.sleep(seconds)
    return "${version}"

def stream(seconds, steps):
    for _ in range(steps):
        yield "${version}"
        time.sleep(seconds)
`;

test('a revision with failing calls in its bake is rolled back, with retries until that succeeds', async () => {
  const source = temporarySolution({});
  const broken = join(temporaryDirectory(), 'broken');
  writeFileSync(join(source, 'main.py'), `${failingWhile(broken)}${failingFrom(9)}`);
  await deploy({ name: 'baking', solution: source });
  writeFileSync(join(source, 'main.py'), failingFrom(2));
  expect(await redeploy('baking')).toMatchObject({ revision: 'r2', bake: { revision: 'r2', previous: 'r1' } });

  writeFileSync(broken, '');
  const software = await openSoftware('baking', home);
  for (let call = 0; call < 6; call += 1)
    expect(await software.run({ n: 5 })).toMatchObject({ status: 'error', error: { code: 'CALL_FAILED' } });
  const failed = await waitForInfo(
    'baking',
    ({ lastError }) => lastError?.message.includes('will be retried') === true,
  );
  expect(failed).toMatchObject({ state: 'unhealthy', revision: 'r2', lastError: { code: 'CALLS_FAILING' } });
  expect(failed.changes.at(-1)).toMatchObject({ kind: 'rollback', outcome: 'failed' });
  rmSync(broken);
  const info = await waitForInfo('baking', ({ revision }) => revision === 'r1');
  expect(info).toMatchObject({ state: 'running', bake: null, lastError: null });
  const { changes } = await waitForInfo('baking', ({ change }) => change === null);
  expect(changes.at(-1)).toMatchObject({
    by: 'berth',
    outcome: 'live',
    reason: expect.stringContaining('6 of 6'),
  });
  const { revisions } = await (await connectOnce()).info('baking');
  expect(revisions.map(({ id, state }) => [id, state])).toContainEqual(['r2', 'rolled back']);
  expect(await software.run({ n: 5 })).toMatchObject({ output: 5 });
  await software.close();
  await (await connectOnce()).cleanup('baking');
});

const failingWhile = (mark: string) =>
  `import os\nif os.path.exists(${JSON.stringify(mark)}):\n    raise RuntimeError("broken")\n`;

const failingFrom = (bound: number) =>
  `def predict(n: int = 1):\n    if n >= ${bound}:\n        raise ValueError("too much")\n    return n\n`;

test('a revision that exits in its bake is rolled back, and restarted after its bake', async () => {
  const source = temporarySolution({ 'main.py': dying('one') });
  await deploy({ name: 'falling', solution: source });
  writeFileSync(join(source, 'main.py'), dying('two'));
  await redeploy('falling');
  await callDeployment('falling', { die: true });
  expect(await untilChanged('falling', 'rollback')).toMatchObject({ revision: 'r1', restarts: 0 });

  writeFileSync(join(source, 'main.py'), dying('three'));
  expect(await redeploy('falling', { changes: { bake: 1 } })).toMatchObject({ revision: 'r3' });
  await waitForInfo('falling', ({ bake }) => bake === null);
  await callDeployment('falling', { die: true });
  expect(await waitForInfo('falling', ({ restarts }) => restarts === 1)).toMatchObject({ revision: 'r3' });
  await (await connectOnce()).cleanup('falling');
});

test('a rollback from a failed bake precedes waiting and current changes, which continue afterwards', async () => {
  const source = temporarySolution({ 'main.py': dying('one') });
  const main = join(source, 'main.py');
  await deploy({ name: 'crowded', solution: source });
  writeFileSync(main, dying('two'));
  await redeploy('crowded');
  writeFileSync(main, 'def predict(die: bool = False):\n    """>>> predict()\n    1"""\n    return nothing\n');
  const { change } = await redeploy('crowded');
  expect(change).toMatchObject({ state: 'waiting', revision: 'r3' });
  await callDeployment('crowded', { die: true });
  const back = await waitForInfo('crowded', ({ revision, change: now }) => revision === 'r1' && now?.id === change?.id);
  expect(back).toMatchObject({ state: 'running', restarts: 0, change, bake: null });
  expect(outcomes(back).at(-1)).toEqual(['c4', 'rollback', 'live', 'r1']);

  const client = await connectOnce();
  writeFileSync(join(deploymentDirectory(home, 'crowded').workspace, 'main.py'), dying('three'));
  await client.resume('crowded', { agent: 'none' });
  expect(await client.follow('crowded', () => {})).toMatchObject({ revision: 'r3', bake: { previous: 'r1' } });
  const go = join(temporaryDirectory(), 'go');
  writeFileSync(
    main,
    `import os, time\nwhile not os.path.exists(${JSON.stringify(go)}):\n    time.sleep(0.1)\n${dying('four')}`,
  );
  const { id } = await client.redeploy('crowded', { changes: {}, isForced: false });
  await waitForInfo('crowded', ({ change: now }) => now?.state === 'verifying');
  await callDeployment('crowded', { die: true });
  expect(await waitForInfo('crowded', ({ revision }) => revision === 'r1')).toMatchObject({ restarts: 0 });
  writeFileSync(go, '');
  const info = await client.followChange('crowded', id, () => {});
  expect(outcomes(info).slice(-3)).toEqual([
    ['c3', 'redeploy', 'live', 'r3'],
    ['c6', 'rollback', 'live', 'r1'],
    [id, 'redeploy', 'live', 'r4'],
  ]);
  expect(await callDeployment('crowded', {})).toMatchObject({ output: 'four' });
  await client.cleanup('crowded');
});

const dying = (version: string) =>
  `import os\ndef predict(die: bool = False):\n    if die:\n        os._exit(3)\n    return "${version}"\n`;

test('stop and abandon cancel a redeploy in progress and leave the active revision unchanged', async () => {
  const source = temporarySolution({ 'main.py': answering('one') });
  await deploy({ name: 'interrupted', solution: source });
  const client = await connectOnce();
  const slowToImport = `import time\ntime.sleep(60)\n${answering('two')}`;
  writeFileSync(join(source, 'main.py'), slowToImport);

  await client.redeploy('interrupted', { changes: {}, isForced: false });
  await waitForInfo('interrupted', ({ change }) => change?.state === 'verifying');
  const abandoned = await client.abandon('interrupted');
  expect(outcomes(abandoned).at(-1)).toEqual(['c2', 'redeploy', 'cancelled', 'r2']);
  expect(await callDeployment('interrupted', {})).toMatchObject({ output: { version: 'one' } });

  await client.redeploy('interrupted', { changes: {}, isForced: false });
  await waitForInfo('interrupted', ({ change }) => change?.state === 'verifying');
  expect(await client.stop('interrupted')).toMatchObject({ state: 'stopped', change: null });
  expect(readdirSync(deploymentDirectory(home, 'interrupted').revisions)).toEqual(['r1']);
  expect(await client.start('interrupted')).toMatchObject({ state: 'running', revision: 'r1' });
  await client.cleanup('interrupted');
  expect(listProcesses(home).length).toBeLessThanOrEqual(2);
});

test('a rollback restores code, configuration and secrets together', async () => {
  const source = temporarySolution({ 'main.py': 'import os\ndef predict():\n    return os.environ["MODE"]\n' });
  await deploy({ name: 'whole', solution: source, env: { MODE: 'first' } });
  const { changes } = await prepareRedeployment(home, { env: { MODE: 'second' } });
  await redeploy('whole', { changes });
  expect(await callDeployment('whole', {})).toMatchObject({ output: 'second' });
  await rollBack('whole');
  expect(await callDeployment('whole', {})).toMatchObject({ output: 'first' });
  expect(outcomes(await redeploy('whole', { changes: {} })).at(-1)).toEqual(['c4', 'redeploy', 'unchanged', null]);
  await (await connectOnce()).cleanup('whole');
});

const untilChanged = (name: string, kind: string): Promise<DeploymentInfo> =>
  waitForInfo(name, ({ changes }) => changes.some((change) => change.kind === kind));

test('an ambiguous redeploy names its candidates and the command to redeploy with one', async () => {
  const solution = temporarySolution({ 'main.py': 'def predict(x):\n    return x\n' });
  await deploy({ name: 'doubtful', solution, agent: 'none' });
  writeTree(solution, { 'app.py': 'def predict(x):\n    return x\n' });
  const { state, changes } = await redeploy('doubtful');
  expect(state).toBe('running');
  expect(changes.at(-1)?.lastError).toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
    next: 'Choose one: berth redeploy doubtful --entry app:predict',
    candidates: ['app:predict', 'main:predict'],
  });
  await (await connectOnce()).cleanup('doubtful');
});
