/** @needs python3 uv */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { type BerthHome, revisionDirectory } from '../../src/home/home.js';
import { createCloudName } from '../../src/runners/cloud/cloud-name.js';
import { recordCloudUsage } from '../../src/runners/cloud/cloud-usage.js';
import { findNeeds } from '../../strategies/langgraph/needs.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';
import { FakeLangSmith, type FakeOptions } from './fake-lang-smith.js';
import { createGraphPlan, prepareGraphEnvironment } from './langgraph-plan.js';
import { readLog } from './read-log.js';

const key = 'lsv2-key-77c1';
const canary = 'canary-2be0';
const endings: (() => Promise<void>)[] = [];

beforeAll(async () => {
  await prepareGraphEnvironment();
});

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  delete process.env.LANGSMITH_API_KEY;
  delete process.env.LANGGRAPH_HOST_URL;
});

async function openCloud(options: Partial<FakeOptions> = {}): Promise<FakeLangSmith> {
  const { python } = await prepareGraphEnvironment();
  const cloud = new FakeLangSmith({ key, python, ...options });
  await cloud.listen();
  endings.push(() => cloud.close());
  process.env.LANGSMITH_API_KEY = key;
  process.env.LANGGRAPH_HOST_URL = cloud.address;
  return cloud;
}

const conversation = {
  'agent.py': `
import os
from pathlib import Path
from typing import Annotated, TypedDict
from operator import add
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

class State(TypedDict, total=False):
    said: Annotated[list[str], add]
    approved: str

def answer(state: State) -> State:
    word = state["said"][-1]
    if word == "ask":
        return {"approved": interrupt("sure?")}
    if word == "fail":
        raise ValueError("not today")
    print("heard", word, flush=True)
    if word == "see":
        return {"said": [os.environ.get("CANARY"), os.environ.get("PLACE"), Path("notes.txt").read_text()]}
    return {"said": [word.upper()]}

graph = StateGraph(State).add_node(answer).add_edge(START, "answer").add_edge("answer", END).compile()
`,
  'langgraph.json':
    '{"dependencies": ["."], "graphs": {"chat": "./agent.py:graph"}, "env": {"PLACE": "here"}, "http": {"mount_prefix": "/x"}}',
  'notes.txt': 'noted',
};

const makePlan = (changes: Partial<RunPlan> = {}) =>
  createGraphPlan(temporaryDirectory('berth-graph-'), conversation, { provider: 'langsmith', ...changes });

const catchError = (work: Promise<unknown>): Promise<BerthError> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

test('a revision is uploaded, built, called with the key, stopped, started again, and removed without a trace', async () => {
  const cloud = await openCloud({ buildTime: 1_200 });
  const plan = await makePlan({ resources: { cpu: 1, concurrency: 3 } });
  symlinkSync('/etc/hostname', join(plan.directory, 'outside.txt'));
  const runner = new LangGraphRunner(plan);
  const lines: string[] = [];
  const options = { env: { CANARY: canary, EMPTY: '' }, onProgress: (line: string) => lines.push(line) };
  const handle = await runner.start(options);

  const [deployment] = cloud.deployments.values();
  expect(deployment).toMatchObject({
    name: expect.stringMatching(/^demo-r1-[0-9a-f]{12}$/),
    config: { deployment_type: 'dev_zero' },
  });
  expect(deployment?.secrets).toContainEqual({ name: 'N_JOBS_PER_WORKER', value: '3' });
  expect(await readdir(deployment?.revisions[0]?.directory ?? '')).not.toContain('outside.txt');
  expect(lines).toEqual(
    expect.arrayContaining([
      'LangSmith sizes its serverless deployments itself: cpu not applied',
      'LangSmith takes no empty variables: EMPTY left out',
      'langgraph.json: http.mount_prefix is left out: Berth calls the server as it is',
      `LangSmith: ${deployment?.name} is BUILDING`,
      `LangSmith: ${deployment?.name} is DEPLOYED`,
    ]),
  );
  expect(await runner.run({ said: ['see'] })).toEqual({
    status: 'success',
    output: { said: ['see', canary, 'here', 'noted'] },
  });
  expect(await runner.run({ said: ['fail'] })).toMatchObject({ error: { code: 'CALL_FAILED', type: 'ValueError' } });
  await runner.run({ said: ['a'], __thread__: 'ann' });
  expect(await runner.run({ said: ['b'], __thread__: 'ann' })).toMatchObject({
    output: { said: ['a', 'A', 'b', 'B'] },
  });
  expect(await runner.run({ said: ['ask'], __thread__: 'ann' })).toMatchObject({ output: { __thread__: 'ann' } });
  expect(await runner.run({ __thread__: 'ann', __resume__: 'yes' })).toMatchObject({ output: { approved: 'yes' } });
  expect(await runner.run({ __thread__: 'nobody', __resume__: 1 })).toMatchObject({ error: { code: 'CALL_INPUT' } });
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: true, detail: expect.stringContaining('DEPLOYED') });

  const heard = ['heard see', 'heard a', 'heard b'];
  const printed = (await readLog(runner, { until: 'heard b' })).join('\n');
  for (const line of heard) expect(printed).toContain(line);
  const last = await readLog(runner, { tail: 4 });
  expect(last).toHaveLength(4);
  expect(last.join()).not.toContain('heard see');
  const followed = readLog(runner, { tail: 1, follow: true, until: 'heard later' });
  await runner.run({ said: ['later'] });
  expect((await followed).join('\n')).toContain('heard later');

  process.env.LANGSMITH_API_KEY = 'wrong';
  expect(await runner.run({ said: ['x'] })).toMatchObject({ error: { code: 'CLOUD_REFUSED' } });
  delete process.env.LANGSMITH_API_KEY;
  const error = { code: 'CLOUD_REFUSED', message: expect.stringContaining('LANGSMITH_API_KEY') };
  expect(await runner.run({ said: ['x'] })).toMatchObject({ error });
  process.env.LANGSMITH_API_KEY = key;

  const other = new LangGraphRunner(plan);
  await other.attach(JSON.parse(JSON.stringify(handle)) as Handle);
  expect(await other.run({ said: ['b'] })).toEqual({ status: 'success', output: { said: ['b', 'B'] } });
  const before = cloud.requests.length;
  await other.start(options); // takes over
  expect(cloud.requests.slice(before).filter((line) => !line.startsWith('GET'))).toEqual([]);

  await runner.stop();
  expect([cloud.deployments.size, cloud.listServers()]).toEqual([0, []]);
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state: 'gone' });
  const gone = { error: { code: 'NOT_RUNNING', message: expect.stringContaining('503') } };
  expect(await runner.run({ said: ['x'] })).toMatchObject(gone);
  expect(await runner.stream({ said: ['x'] }).next()).toMatchObject({ done: true, value: gone });
  const archived = (await readLog(runner)).join('\n');
  for (const line of [...heard, 'heard later']) expect(archived).toContain(line);
  await runner.start(options);
  expect(await runner.run({ said: ['c'] })).toMatchObject({ output: { said: ['c', 'C'] } });
  await runner.undo();
  await runner.undo();
  expect([cloud.deployments.size, cloud.listServers()]).toEqual([0, []]);
  for (const secret of [key, canary]) {
    expect(JSON.stringify(handle)).not.toContain(secret);
    const written = await readdir(plan.stateDirectory, { recursive: true, withFileTypes: true });
    const files = written.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of [plan.logFile, ...files]) expect(readFileSync(file, 'utf8')).not.toContain(secret);
  }
});

test('a failed build fails the start with LangSmith’s log, and leaves nothing', async () => {
  const cloud = await openCloud({ outcome: 'BUILD_FAILED' });
  const runner = new LangGraphRunner(await makePlan());
  const error = await catchError(runner.start({ env: {} }));
  expect(error).toMatchObject({ code: 'START_FAILED', details: { evidence: 'pip: no such package' } });
  expect(cloud.deployments.size).toBe(0);
  await runner.undo();
});

test('a start that cannot reach a deployment that has served keeps it with its threads', async () => {
  const cloud = await openCloud();
  const plan = await makePlan();
  const runner = new LangGraphRunner(plan);
  await runner.start({ env: {} });
  await runner.run({ said: ['a'], __thread__: 'ann' });
  cloud.refusesCalls = true;
  expect(await catchError(new LangGraphRunner(plan).start({ env: {} }))).toMatchObject({ code: 'CLOUD_REFUSED' });
  cloud.refusesCalls = false;
  expect(await runner.run({ said: ['b'], __thread__: 'ann' })).toMatchObject({
    output: { said: ['a', 'A', 'b', 'B'] },
  });
  await runner.undo();
});

test('an aborted start is taken over by the next one', async () => {
  const cloud = await openCloud({ buildTime: 2_000 });
  const plan = await makePlan();
  const cancel = new AbortController();
  const onProgress = (line: string) => line.endsWith('BUILDING') && cancel.abort(new Error('the worker ends'));
  await expect(new LangGraphRunner(plan).start({ env: {}, signal: cancel.signal, onProgress })).rejects.toThrow('ends');
  const runner = new LangGraphRunner(plan);
  await runner.start({ env: {} });
  const changes = cloud.requests.filter((line) => /^(POST \/v2\/deployments$|PATCH)/.test(line));
  expect(changes).toHaveLength(2);
  await runner.undo();
  expect([cloud.deployments.size, cloud.listServers()]).toEqual([0, []]);
});

test('a refused key is not retried, an unreachable cloud is, and both name the remedy', async () => {
  const cloud = await openCloud();
  const runner = new LangGraphRunner(await makePlan());
  process.env.LANGSMITH_API_KEY = 'wrong-9c2';
  const refused = await catchError(runner.start({ env: {} }));
  expect(refused).toMatchObject({ code: 'CLOUD_REFUSED', retryable: false });
  expect(refused.message).toContain('LANGSMITH_API_KEY');
  expect(refused.message).not.toContain('wrong-9c2');
  process.env.LANGSMITH_API_KEY = key;
  cloud.failure = 502;
  expect(await catchError(runner.start({ env: {} }))).toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
  await runner.attach({ plan: {}, cloud: { id: 'x', name: 'x', address: cloud.address } } as never); // like after a start
  expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state: 'unknown' });
  await cloud.close();
  const unreachable = await catchError(runner.start({ env: {} }));
  expect(unreachable).toMatchObject({ code: 'CLOUD_UNREACHABLE', retryable: true });
  expect(unreachable.message).toContain(`${cloud.address}: ECONNREFUSED`);
  expect(await catchError(runner.undo())).toMatchObject({ code: 'CLOUD_UNREACHABLE' });
  endings.length = 0;
});

test('LangGraph’s own command deploys to the same control plane', async () => {
  await openCloud();
  const { python } = await prepareGraphEnvironment();
  const source = join(temporaryDirectory(), 'source');
  cpSync((await makePlan()).directory, source, { recursive: true });
  const argv = ['-m', 'langgraph_cli', 'deploy', '--name', 'by-hand', '--remote', '--json', '--no-input'];
  const env = { ...process.env, LANGGRAPH_CLI_NO_ANALYTICS: '1' };
  const { stdout } = await promisify(execFile)(python, argv, { cwd: source, env });
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { status: string; url: string };
  expect(result).toMatchObject({ event: 'result', status: 'succeeded' });
  const body = JSON.stringify({ assistant_id: 'chat', input: { said: ['x'] } });
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const answer = await fetch(`${result.url}/x/runs/wait`, { method: 'POST', headers, body });
  expect(await answer.json()).toEqual({ said: ['x', 'X'] });
});

test('only resources with this home’s mark are found and removed', async () => {
  const cloud = await openCloud();
  const [home, another] = [temporaryHome(), temporaryHome()];
  const nameIn = (owner: BerthHome) =>
    createCloudName({
      deployment: 'demo',
      revision: 'r2',
      stateDirectory: revisionDirectory(owner, 'demo', 'r2').state,
    });
  const [ours, theirs] = [nameIn(home), nameIn(another)];
  for (const name of [ours, theirs, 'demo-r2', 'somebody-elses'])
    cloud.deployments.set(name, { id: name, name, config: {}, secrets: [], revisions: [], port: 0 });
  const found = await LangGraphRunner.listResources(home);
  expect(found).toMatchObject([{ name: ours, deployment: 'demo', revision: 'r2' }]);
  await found[0]?.remove();
  expect([...cloud.deployments.keys()]).toEqual([theirs, 'demo-r2', 'somebody-elses']);
  delete process.env.LANGSMITH_API_KEY;
  expect(await LangGraphRunner.listResources(another)).toEqual([]);
});

test('a tracing key finds nothing, without an error, when nothing was ever deployed', async () => {
  const cloud = await openCloud();
  process.env.LANGSMITH_API_KEY = 'for-tracing';
  const home = temporaryHome();
  expect(await LangGraphRunner.listResources(home)).toEqual([]);
  await recordCloudUsage(cloud.address, home);
  expect(await catchError(LangGraphRunner.listResources(home))).toMatchObject({ code: 'CLOUD_REFUSED' });
});

test('the cloud needs a key, and this machine nothing', async () => {
  expect(await findNeeds(null)).toEqual([]);
  expect(await findNeeds('langsmith')).toMatchObject([
    { isMet: false, remedy: expect.stringContaining('set LANGSMITH_API_KEY') },
  ]);
});
