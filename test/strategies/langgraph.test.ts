/** @needs python3 uv */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { findMarkedProcesses, killMarkedProcesses } from '../../src/processes/marked-processes.js';
import { chooseFreePort } from '../../src/processes/ports.js';
import type { Runner } from '../../src/runners/runner.js';
import { serverRecord } from '../../src/runners/server/server-record.js';
import { callGraph } from '../../strategies/langgraph/calls/call-graph.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { buildServerArguments } from '../../strategies/langgraph/server/server-command.js';
import { readServerConfig } from '../../strategies/langgraph/server/server-config.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { annotatedRepository } from './annotated-repository.js';
import { checkExposure } from './check-exposure.js';
import { cogFiles } from './cog-files.js';
import { readLines, requireFailure } from './conformance.js';
import { createGraphPlan, prepareGraphEnvironment, recognizeGraph } from './langgraph-plan.js';

const started: Runner[] = [];
afterEach(async () => {
  for (const runner of started.splice(0)) await runner.undo();
});

/** Serves the conversation for tests that can share a server. */
let shared: LangGraphRunner;
let sharedPlan: RunPlan;

beforeAll(async () => {
  await prepareGraphEnvironment();
  sharedPlan = await createGraphPlan(temporaryDirectory('berth-graph-'), conversation);
  shared = new LangGraphRunner(sharedPlan);
  await shared.start({ env: {} });
});

afterAll(() => shared.undo());

async function makeRunner(files: Record<string, string>, changes: Partial<RunPlan> & { entry?: string } = {}) {
  const plan = await createGraphPlan(temporaryDirectory('berth-graph-'), files, changes);
  const runner = new LangGraphRunner(plan);
  started.push(runner);
  return { runner, plan };
}

const catchError = (promise: Promise<unknown>): Promise<BerthError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

/** Graph that, depending on its input, counts within its thread, interrupts itself, or fails. */
const conversation = {
  'agent.py': `
import asyncio, time
from pathlib import Path
from typing import Annotated, TypedDict
from operator import add
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

class State(TypedDict, total=False):
    said: Annotated[list[str], add]
    approved: bool

class Unhappy(Exception):
    pass

async def answer(state: State) -> State:
    word = state["said"][-1]
    if word == "ask":
        return {"approved": interrupt({"question": "sure?"})}
    if word == "fail":
        raise Unhappy("not today")
    if word == "block":
        time.sleep(0.2)
    if word == "wait":
        await asyncio.sleep(1)
    if word == "read":
        return {"said": [Path("notes.txt").read_text()]}
    return {"said": [word.upper()]}

graph = StateGraph(State).add_node(answer).add_edge(START, "answer").add_edge("answer", END).compile()
`,
  'notes.txt': 'noted',
};

test('callers without a thread share nothing, and a thread keeps its state over a restart', async () => {
  await shared.run({ said: ['a'] });
  expect(await shared.run({ said: ['b'] })).toEqual({ status: 'success', output: { said: ['b', 'B'] } });
  expect(await shared.run({ said: ['a'], __thread__: 'ann' })).toMatchObject({ output: { said: ['a', 'A'] } });
  expect(await shared.run({ said: ['x'], __thread__: 'bob' })).toMatchObject({ output: { said: ['x', 'X'] } });
  await shared.stop();
  await shared.start({ env: {} });
  expect(await shared.run({ said: ['b'], __thread__: 'ann' })).toMatchObject({
    output: { said: ['a', 'A', 'b', 'B'] },
  });
});

async function listThreads(): Promise<unknown[]> {
  const { url } = (await serverRecord.read(sharedPlan)) ?? { url: '' };
  const found = await fetch(`${url}/threads/search`, { method: 'POST', body: '{}' });
  return (await found.json()) as unknown[];
}

test('an interrupt is an answer with its thread, and can be resumed', async () => {
  const before = await listThreads();
  const interrupted = await shared.run({ said: ['ask'] });
  expect(interrupted).toMatchObject({
    status: 'success',
    output: { __interrupt__: [{ value: { question: 'sure?' } }] },
  });
  const { __thread__ } = (interrupted as { output: { __thread__: string } }).output;
  expect(await shared.run({ __thread__, __resume__: false })).toEqual({
    status: 'success',
    output: { said: ['ask'], approved: false },
  });
  expect(await shared.run({ said: ['ask'], __thread__: 'cleo' })).toMatchObject({ output: { __thread__: 'cleo' } });
  expect(await shared.run({ __thread__: 'cleo', __resume__: 'yes' })).toMatchObject({ output: { approved: 'yes' } });
  expect(requireFailure(await shared.run({ __thread__: 'nobody', __resume__: 1 }))).toMatchObject({
    code: 'CALL_INPUT',
    message: 'there is no thread “nobody” to resume',
  });
  await shared.run({ said: ['done'] });
  expect(await listThreads()).toHaveLength(before.length + 2);
});

test('an error in a 200 reply becomes an error with type, message and the user’s traceback', async () => {
  const error = requireFailure(await shared.run({ said: ['fail'] }));
  expect(error).toMatchObject({ code: 'CALL_FAILED', type: 'Unhappy', message: 'Unhappy: not today' });
  expect(error.traceback).toMatch(/^Traceback [^\n]*\n {2}File "agent.py", line \d+, in answer/);
  expect(error.traceback).toContain('\nagent.Unhappy: not today');
  expect(requireFailure(await shared.run({ said: [] })).type).toBe('IndexError');
});

test('runs are concurrent, may block, find the files of the revision, and leave no colors in the log', async () => {
  const before = Date.now();
  const answers = await Promise.all(Array.from({ length: 20 }, () => shared.run({ said: ['wait'] })));
  expect(answers.every(({ status }) => status === 'success')).toBe(true);
  expect(Date.now() - before).toBeLessThan(15_000);
  expect(await shared.run({ said: ['block'] })).toMatchObject({ output: { said: ['block', 'BLOCK'] } });
  expect(await shared.run({ said: ['read'] })).toMatchObject({ output: { said: ['read', 'noted'] } });
  expect((await readLines(shared.logs(), Number.POSITIVE_INFINITY)).join('\n')).not.toContain('\u001b');
});

test('an unresponsive server is replaced', async () => {
  const [pid = 0] = findMarkedProcesses(sharedPlan);
  process.kill(pid, 'SIGSTOP');
  expect(await shared.isHealthy()).toMatchObject({ isHealthy: false, state: 'unresponsive' });
  expect(((await shared.start({ env: {} })).server as { pid: number }).pid).not.toBe(pid);
});

test('SIGTERM stops the server, and an active run still gets its answer', async () => {
  const running = shared.run({ said: ['wait'] });
  await sleep(1_200);
  await shared.stop();
  expect(findMarkedProcesses(sharedPlan)).toEqual([]);
  expect(await running).toMatchObject({ status: 'success' });
});

test('a stop does not kill another process that has the recorded pid by now', async () => {
  const stranger = spawn('sleep', ['30'], { detached: true });
  try {
    await serverRecord.write(sharedPlan, {
      pid: stranger.pid ?? 0,
      startedAt: 'another life',
      port: 1,
      url: 'http://127.0.0.1:1',
      token: 'x',
      logStart: 0,
    });
    await shared.stop();
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('two concurrent revisions share the deployment’s threads, after a kill and across an interrupt', async () => {
  const { runner: old, plan } = await makeRunner(conversation);
  const { sharedDirectory } = plan;
  const { runner: next } = await makeRunner(conversation, { revision: 'r2', sharedDirectory });
  await Promise.all([old.start({ env: {} }), next.start({ env: {} })]);
  await old.run({ said: ['a'], __thread__: 'ann' });
  const interrupted = await old.run({ said: ['ask'] });
  const { __thread__ } = (interrupted as { output: { __thread__: string } }).output;
  expect(await next.run({ said: ['b'], __thread__: 'ann' })).toMatchObject({
    output: { said: ['a', 'A', 'b', 'B'] },
  });
  await killMarkedProcesses(plan); // without a chance to flush
  expect(await next.run({ __thread__, __resume__: 'yes' })).toMatchObject({ output: { approved: 'yes' } });
  await old.start({ env: {} });
  expect(await old.run({ said: ['c'], __thread__: 'ann' })).toMatchObject({
    output: { said: ['a', 'A', 'b', 'B', 'c', 'C'] },
  });
  expect(requireFailure(await next.run({ __thread__: 'nobody', __resume__: 1 })).code).toBe('CALL_INPUT');
  expect(statSync(sharedDirectory).mode & 0o777).toBe(0o700);
});

test.each([
  [{ __thread__: 7 }, '__thread__ is the name'],
  [{ __resume__: 1 }, 'needs __thread__'],
  [{ __thread__: 'a', __resume__: null }, 'is null'],
  [{ __thread__: 'a', __resume__: 1, said: [] }, 'there are: said'],
])('the inputs %j are refused before any request', async (inputs, words) => {
  const graph = { assistantId: 'agent', config: 'langgraph.json', inputKey: null, outputKey: null, needsHost: false };
  const server = { plan: { timeout: 1 } as RunPlan, graph, endpoint: 'http://127.0.0.1:1' }; // the input is refused before a request
  const error = requireFailure(await callGraph(server, inputs));
  expect(error.code).toBe('CALL_INPUT');
  expect(error.message).toContain(words);
});

test('a graph that cannot be loaded is START_FAILED within seconds, with the log as evidence', async () => {
  const { runner, plan } = await makeRunner({ 'agent.py': `import no_such_library\n${conversation['agent.py']}` });
  const before = Date.now();
  const error = await catchError(runner.start({ env: {} }));
  expect(Date.now() - before).toBeLessThan(15_000);
  expect(error.code).toBe('START_FAILED');
  expect(error.message).toMatch(/exited with code 3 .*no_such_library/);
  expect(error.details.evidence).toContain("No module named 'no_such_library'");
  expect(error.details.evidence).not.toContain('\u001b');
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('a graph that cannot be loaded and is not called is left out, with its reason', async () => {
  const other = conversation['agent.py'];
  const files = {
    'agent.py': other,
    'needy.py': `raise ConnectionError("no model to ask.")\n${other}`,
    'lost.py': `import no_such_library\n${other}`,
    'fine.py': other,
    'notes.txt': 'noted',
    'langgraph.json': JSON.stringify({
      dependencies: ['.'],
      graphs: Object.fromEntries(['agent', 'needy', 'lost', 'fine'].map((name) => [name, `./${name}.py:graph`])),
    }),
  };
  const { runner, plan } = await makeRunner(files, { entry: 'agent' });
  const handle = await runner.start({ env: {} });
  const notes = [
    'The graph needy of langgraph.json cannot be loaded (no model to ask): it is not served.',
    "The graph lost of langgraph.json cannot be loaded (No module named 'no_such_library'): it is not served.",
  ];
  expect(handle.notes?.toSorted()).toEqual(notes.toSorted());
  expect(await runner.run({ said: ['a'] })).toMatchObject({ output: { said: ['a', 'A'] } });
  const { graphs } = JSON.parse(readFileSync(join(plan.stateDirectory, 'langgraph.json'), 'utf8'));
  expect(Object.keys(graphs)).toEqual(['agent', 'fine']);
  expect((await new LangGraphRunner(plan).start({ env: {} })).notes).toEqual(handle.notes);
  const called = await makeRunner(files, { entry: 'needy' });
  expect(await catchError(called.runner.start({ env: {} }))).toMatchObject({ code: 'START_FAILED' });
});

test('the server calls a function that creates a graph, with its defaults or with the configuration', async () => {
  const state =
    'from typing import TypedDict\nclass State(TypedDict, total=False):\n    name: str\n    greeting: str\n';
  const build = (head: string, body: string) =>
    `from langgraph.graph import StateGraph\n${state}\ndef greet(state):\n    return {"greeting": "Hello, " + state["name"]}\n\ndef ${head}:\n${body}\n`;
  const graph =
    '    graph = StateGraph(State)\n    graph.add_node("greet", greet)\n    graph.add_edge("__start__", "greet")\n';
  const functions = {
    plain: build('build()', `${graph}    return graph.compile()`),
    held: build('build(config)', `${graph}    app = graph.compile()\n    return app`),
    builder: build('build()', `${graph}    return graph`),
    defaults: build('build(name: str = "greet")', `${graph}    return graph.compile()`),
  };
  for (const [name, code] of Object.entries(functions)) {
    const { runner } = await makeRunner({ 'made.py': code }, { entry: 'made:build' });
    await runner.start({ env: {} });
    const output = { name: 'Ada', greeting: 'Hello, Ada' };
    expect([name, await runner.run({ name: 'Ada' })]).toEqual([name, { status: 'success', output }]);
    await runner.stop();
  }
  const other = 'from langgraph.graph import StateGraph\ndef build():\n    return 3\n';
  expect(await recognizeGraph(temporarySolution({ 'made.py': other }), 'made:build')).toMatchObject({ by: 'entry' });
  const needs = functions.plain.replace('build()', 'build(model)');
  expect(await recognizeGraph(temporarySolution({ 'made.py': needs }), 'made:build')).toMatchObject({ by: 'entry' });
});

test('an aborted start leaves nothing running', async () => {
  const { runner, plan } = await makeRunner({ 'agent.py': `import time\ntime.sleep(60)\n${conversation['agent.py']}` });
  const abort = new AbortController();
  const starting = runner.start({ env: {}, signal: abort.signal });
  setTimeout(() => abort.abort(new BerthError('INTERRUPTED', 'enough')), 1_500);
  expect(await catchError(starting)).toMatchObject({ code: 'INTERRUPTED' });
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('a taken port is skipped, and another server on it is neither called nor healthy', async () => {
  const { runner, plan } = await makeRunner(conversation);
  const port = await chooseFreePort(`${plan.stateDirectory}/1`);
  const stranger = createServer((_, response) => response.end('{"ok":true}'));
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  try {
    const handle = await runner.start({ env: {} });
    expect(handle.endpoint).not.toBe(`http://127.0.0.1:${port}`);
    const lying = { ...handle, server: { ...(handle.server as object), port, url: `http://127.0.0.1:${port}` } };
    await runner.attach(lying);
    expect(await runner.isHealthy()).toMatchObject({ isHealthy: false, state: 'gone' });
  } finally {
    stranger.close();
  }
});

test('a start tries another port when its port is taken meanwhile', async () => {
  const { runner, plan } = await makeRunner(conversation);
  const port = await chooseFreePort(`${plan.stateDirectory}/1`);
  const lines: string[] = [];
  const starting = runner.start({ env: {}, onProgress: (line) => lines.push(line) });
  const stranger = createServer((_, response) => response.end('{"ok":true}'));
  while (!existsSync(join(plan.stateDirectory, 'server.json'))) await sleep(1);
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  try {
    expect((await starting).endpoint).not.toBe(`http://127.0.0.1:${port}`);
    expect(lines).toContain('another process took the port meanwhile: trying the next');
    expect(await runner.run({ said: ['a'] })).toMatchObject({ status: 'success' });
  } finally {
    stranger.close();
  }
});

test('variables reach the code, threads are outside the revision, memory is limited, and unbound resources are reported', async () => {
  const source = `import os
def predict(megabytes: int = 0):
    return [os.environ.get("PLACE"), os.environ.get("SECRET"), len(bytearray(megabytes * 2**20))]`;
  const { runner, plan } = await makeRunner({ 'app.py': source }, { resources: { cpu: 2, memory: '1Gi' } });
  const lines: string[] = [];
  await runner.start({ env: { SECRET: 'hunter2-canary' }, onProgress: (line) => lines.push(line) });
  expect(lines[0]).toBe('the langgraph strategy sets no bound for cpu: the software sees the whole machine');
  expect(await runner.run({})).toEqual({ status: 'success', output: [null, 'hunter2-canary', 0] });
  const [pid] = findMarkedProcesses(plan);
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('hunter2');
  expect(readFileSync(join(plan.stateDirectory, 'langgraph.json'), 'utf8')).not.toContain('hunter2');
  expect(lstatSync(join(plan.directory, '.langgraph_api')).isSymbolicLink()).toBe(true);
  expect(await runner.run({ megabytes: 1 })).toMatchObject({ output: [null, 'hunter2-canary', 2 ** 20] });
  expect(requireFailure(await runner.run({ megabytes: 2_000 }))).toMatchObject({ type: 'MemoryError' });
});

test('the server listens on loopback, and executes up to `concurrency` runs concurrently', () => {
  const argv = buildServerArguments({
    address: '127.0.0.1',
    port: 20_000,
    config: '/state/langgraph.json',
    concurrency: 3,
  });
  expect(argv.join(' ')).toBe(
    '-m langgraph_cli dev --no-browser --no-reload --allow-blocking --host 127.0.0.1 --port 20000 --n-jobs-per-worker 3 --config /state/langgraph.json',
  );
});

test('a langgraph.json gets absolute paths, without its variables and without settings that move the API', async () => {
  const directory = temporarySolution({
    'langgraph.json': JSON.stringify({
      dependencies: ['.', './lib', 'langchain_openai'],
      graphs: { a: './a.py:graph', b: { path: 'lib/b.py:make' }, c: 'package.c:graph' },
      auth: { path: './auth.py:auth' },
      http: { app: './app.py:app', mount_prefix: '/x' },
      store: { index: { embed: 'openai:text-embedding-3-small', dims: 3 } },
      env: '.env',
    }),
    '.env': 'PLACE=here\n',
  });
  const { document, env, dropped } = await readServerConfig({ directory, config: 'langgraph.json', assistantId: 'a' });
  expect(document).toEqual({
    dependencies: [directory, join(directory, 'lib'), 'langchain_openai'],
    graphs: {
      a: join(directory, 'a.py:graph'),
      b: { path: join(directory, 'lib/b.py:make') },
      c: 'package.c:graph',
    },
    auth: { path: join(directory, 'auth.py:auth') },
    http: { app: join(directory, 'app.py:app') },
    store: { index: { embed: 'openai:text-embedding-3-small', dims: 3 } },
  });
  expect(env).toEqual({ PLACE: 'here' });
  expect(dropped).toEqual(['http.mount_prefix']);
  const missing = catchError(readServerConfig({ directory, config: 'langgraph.json', assistantId: 'z' }));
  expect(await missing).toMatchObject({ code: 'START_FAILED', message: expect.stringContaining('it has: a, b, c') });
});

const twoGraphs = {
  'langgraph.json': JSON.stringify({ dependencies: ['.'], graphs: { one: './a.py:graph', two: './b.py:graph' } }),
  'a.py': conversation['agent.py'],
  'b.py': conversation['agent.py'],
};

test('the entry chooses among several graphs; without an entry, the error lists them', async () => {
  const workspace = temporarySolution(twoGraphs);
  const error = await catchError(recognizeGraph(workspace));
  expect(error).toMatchObject({ code: 'ENTRY_AMBIGUOUS', details: { candidates: ['one', 'two'] } });
  const expected = { by: 'langgraph-json', runInterface: { assistant_id: 'two', config: 'langgraph.json' }, files: {} };
  for (const entry of ['two', 'b:graph', './b.py:graph'])
    expect(await recognizeGraph(workspace, entry)).toMatchObject(expected);
  expect(await catchError(recognizeGraph(workspace, 'three'))).toMatchObject({ code: 'ENTRY_NOT_FOUND' });
});

test('a broken langgraph.json is refused with its line, unless --entry names the graph', async () => {
  const compiled = 'from langgraph.graph import StateGraph\ngraph = StateGraph(dict).compile()\n';
  const workspace = temporarySolution({
    'agent.py': compiled,
    'langgraph.json': '{"graphs": {"a": "./agent.py:graph",}\n',
  });
  const refusal = { code: 'MANIFEST_INVALID', message: expect.stringMatching(/^langgraph\.json.*--entry/) };
  expect(await catchError(recognizeGraph(workspace))).toMatchObject(refusal);
  expect(await catchError(recognizeGraph(workspace, 'a'))).toMatchObject(refusal);
  expect(await recognizeGraph(workspace, 'agent:graph')).toMatchObject({
    by: 'compiled-graph',
    runInterface: { config: 'langgraph.berth.json' },
  });
});

test('a compiled graph gets a langgraph.json, also from a package below src', async () => {
  const plain = await recognizeGraph(temporarySolution(conversation));
  expect(plain?.by).toBe('compiled-graph');
  expect(JSON.parse(plain?.files['langgraph.json'] ?? '')).toEqual({
    dependencies: ['.'],
    graphs: { agent: './agent.py:graph' },
  });
  const nested = temporarySolution({
    'src/bot/__init__.py': '',
    'src/bot/tools.py': 'WORD = "x"\n',
    'src/bot/agent.py': `from .tools import WORD\ndef helper(): ...\n${conversation['agent.py']}`,
  });
  expect(JSON.parse((await recognizeGraph(nested))?.files['langgraph.json'] ?? '')).toEqual({
    dependencies: ['.', './src'],
    graphs: { agent: 'bot.agent:graph' },
  });
  expect(
    await catchError(recognizeGraph(temporarySolution({ 'a.py': twoGraphs['a.py'], 'b.py': twoGraphs['b.py'] }))),
  ).toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
  });
});

test('plain shapes become one node, existing files stay, and a second run recognizes the result of the first', async () => {
  const workspace = temporarySolution({ 'app.py': 'def predict(text: str): return len(text)', 'graph.py': 'X = 1' });
  const found = await recognizeGraph(workspace);
  const keys = { input_key: 'inputs', output_key: 'output', assistant_id: 'agent', config: 'langgraph.json' };
  expect(found).toMatchObject({ by: 'arguments-function', runInterface: keys });
  expect(Object.keys(found?.files ?? {})).toEqual(['served_graph.py', 'langgraph.json']);
  expect(found?.files['served_graph.py']).toContain('lambda: solution(**state["inputs"])');
  const again = await recognizeGraph(
    temporarySolution({ 'app.py': 'def predict(text: str): return 1', ...found?.files }),
  );
  expect(again).toMatchObject({ by: 'langgraph-json', runInterface: keys, files: {} });
});

test('a Cog predictor becomes one node with Cog’s rules and the variables of its cog.yaml', async () => {
  const found = await recognizeGraph(temporarySolution(cogFiles));
  const runInterface = { assistant_id: 'agent', input_key: 'inputs', output_key: 'output', cog: true };
  expect(found).toMatchObject({
    by: 'cog',
    runInterface,
    summary: expect.stringContaining('the Cog predictor `Predictor.predict(text, times, file)`'),
  });
  expect(JSON.parse(found?.files['langgraph.json'] ?? '')).toEqual({
    dependencies: ['.'],
    graphs: { agent: './graph.py:graph' },
    env: { GREETING: 'hello=you' },
  });
  expect(found?.files['graph.py']).toContain(
    'software = EmbeddedSoftware({"module": "captions.predict", "callable": "Predictor", "call": "cog"}, os.environ.get("GRAPH_THREADS"), __file__)\n',
  );
  const again = await recognizeGraph(temporarySolution({ ...cogFiles, ...found?.files }));
  expect(again).toMatchObject({ by: 'langgraph-json', runInterface, files: {} });
  const plan = { provider: 'langsmith', deployment: 'captioner', runInterface: found?.runInterface } as RunPlan; // all that is read
  expect(await catchError(new LangGraphRunner(plan).start({ env: {} }))).toMatchObject({
    code: 'START_FAILED',
    message: expect.stringContaining('serve it on this machine'),
  });
});

test('LangSmith refuses a graph with inputs that need conversion: the error names the parameter and a remedy', async () => {
  const found = await recognizeGraph(temporarySolution(annotatedRepository));
  const plan = { provider: 'langsmith', deployment: 'dates', runInterface: found?.runInterface } as RunPlan; // all that is read
  expect(await catchError(new LangGraphRunner(plan).start({ env: {} }))).toMatchObject({
    code: 'START_FAILED',
    message: expect.stringMatching(
      /\(when: datetime\.date, item: Item, .*serve it on this machine, or let the entry take/,
    ),
  });
});

test('a callable with a name that the graph uses, and a method of an object, are called', async () => {
  const called = await recognizeGraph(temporarySolution({ 'app.py': 'def call(text: str): return text' }), 'app:call');
  expect(called?.files['graph.py']).toContain('from app import call as solution\n');
  expect(called?.files['graph.py']).toContain('lambda: solution(**state["inputs"])');
  const source = 'class Model:\n    def score(self, text: str): return 1\n\nscorer = Model()';
  const method = await recognizeGraph(temporarySolution({ 'app.py': source }), 'app:scorer.score');
  expect(method?.files['graph.py']).toContain('lambda: solution.score(**state["inputs"])');
  const model =
    'class Model:\n    def predict(self): ...\n    async def score(self, text): ...\n    def words(self): yield 1\n';
  const awaited = await recognizeGraph(temporarySolution({ 'app.py': model }), 'app:Model.score');
  expect(awaited?.files['graph.py']).toContain(
    'async def call(state: State) -> State:\n    return {"output": as_output(await model.score(**state["inputs"]))}',
  );
  const collected = await recognizeGraph(temporarySolution({ 'app.py': model }), 'app:Model.words');
  expect(collected?.files['graph.py']).toContain(
    '        for item in solution.words(**state["inputs"]):\n            items.append(item)\n',
  );
});

test('classes are built once, async callables are awaited, and Cog predictors are set up once', async () => {
  const source = `class Model:
    def setup(self): self.calls = 0
    async def predict(self, word: str, times: int = 1):
        self.calls += 1
        return {"text": word * times, "calls": self.calls}`;
  const { plan } = await makeRunner({ 'lib/model.py': source, 'lib/__init__.py': '' });
  const { files = {} } = (await recognizeGraph(temporarySolution(cogFiles))) ?? {};
  const config = JSON.parse(files['langgraph.json'] ?? '');
  writeTree(plan.directory, {
    ...cogFiles,
    'cog_graph.py': files['graph.py'] ?? '',
    'langgraph.json': JSON.stringify({
      ...config,
      graphs: { agent: './graph.py:graph', cog: './cog_graph.py:graph' },
    }),
  });
  const runnerOf = (changes: object): LangGraphRunner =>
    new LangGraphRunner({ ...plan, runInterface: { ...plan.runInterface, ...changes } });
  const predictor = runnerOf({ assistant_id: 'cog', cog: true });
  started.push(predictor);
  const handle = await predictor.start({ env: {} });
  const runner = runnerOf({});
  await runner.attach(handle);
  await runner.run({ word: 'a' });
  expect(await runner.run({ word: 'a', times: 3 })).toMatchObject({ output: { text: 'aaa', calls: 2 } });
  expect(requireFailure(await runner.run({ wrong: 1 })).type).toBe('TypeError');
  const words = ['hello=you', 'x', 'x'];
  expect(await predictor.run({ text: 'x', times: '2' })).toEqual({
    status: 'success',
    output: { said: words, calls: 1 },
  });
  const output = `data:text/plain;base64,${Buffer.from('x').toString('base64')}`;
  expect(await predictor.run({ text: 'x', file: true })).toEqual({ status: 'success', output });
  expect(requireFailure(await predictor.run({ text: 'x', times: 4 }))).toMatchObject({
    code: 'CALL_INPUT',
    message: expect.stringContaining('times: must be at most 3, got 4'),
  });
});

test('it listens only on loopback unless it is exposed', async () => {
  await checkExposure(async (changes) => (await makeRunner({ 'app.py': 'def predict(): return 1' }, changes)).runner);
});

test('a waiting call of synchronous code does not begin when its caller has left', async () => {
  const source = `
import time
def predict(file: str, name: str, seconds: float = 0.0) -> str:
    with open(file, "a") as trace: trace.write(name + "\\n")
    time.sleep(seconds)
    return name
`;
  const { runner, plan } = await makeRunner({ 'app.py': source });
  await runner.start({ env: {} });
  const file = join(plan.stateDirectory, 'trace');
  const long = runner.run({ file, name: 'long', seconds: 4 });
  while (!existsSync(file)) await sleep(50);
  expect(requireFailure(await runner.run({ file, name: 'late' }, { timeout: 1 })).code).toBe('CALL_TIMEOUT');
  expect(await long).toMatchObject({ status: 'success' });
  expect(await runner.run({ file, name: 'next' })).toMatchObject({ status: 'success' });
  expect(readFileSync(file, 'utf8')).toBe('long\nnext\n');
});
