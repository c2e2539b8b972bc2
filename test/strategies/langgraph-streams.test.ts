/** @needs python3 uv */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { killMarkedProcesses } from '../../src/processes/marked-processes.js';
import { waitUntilReady } from '../../src/runners/readiness.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { readStream } from '../support/read-stream.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { requireFailure } from './conformance.js';
import { createGraphPlan, prepareGraphEnvironment, recognizeGraph } from './langgraph-plan.js';

let plan: RunPlan;
let runner: LangGraphRunner;
let handle: Handle;
let url: string;

/** Starts one server for this file: the graph of `agent.py`, and the graphs that a recipe writes for generators. */
beforeAll(async () => {
  await prepareGraphEnvironment();
  plan = await createGraphPlan(temporaryDirectory('berth-graph-'), writer);
  const graphs = { agent: './agent.py:graph', words: './words_graph.py:graph', items: './items_graph.py:graph' };
  writeTree(plan.directory, {
    ...generators,
    'langgraph.json': JSON.stringify({ dependencies: ['.'], graphs }),
    'words_graph.py': await writeGraphOf('words.py'),
    'items_graph.py': await writeGraphOf('items.py'),
  });
  runner = new LangGraphRunner(plan);
  handle = await runner.start({ env: {} });
  url = handle.endpoint ?? '';
});

afterAll(() => runner.undo());

/** Returns the graph that a recipe writes for a repository with only this file. */
async function writeGraphOf(file: keyof typeof generators): Promise<string> {
  const found = await recognizeGraph(temporarySolution({ [file]: generators[file] }));
  return found?.files['graph.py'] ?? '';
}

async function listThreads(): Promise<unknown[]> {
  const found = await fetch(`${url}/threads/search`, { method: 'POST', body: '{}' });
  return (await found.json()) as unknown[];
}

/** Graph that, depending on its input, writes during its work, calls a model, interrupts itself, or fails. */
const writer = {
  'agent.py': `
import asyncio
from typing import Annotated, TypedDict
from operator import add
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langgraph.graph import END, START, StateGraph
from langgraph.types import StreamWriter, interrupt

class State(TypedDict, total=False):
    said: Annotated[list[str], add]

def note(word):
    with open("notes.txt", "a") as notes:
        notes.write(word + "\\n")

async def think(state: State, writer: StreamWriter) -> State:
    waits = state["said"][-1] == "wait"
    if waits:
        note("begun")
    writer({"percent": 50})
    if waits:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            note("cancelled")
            raise
    return {"said": ["thought"]}

async def speak(state: State) -> State:
    word = state["said"][0]
    if word == "ask":
        return {"said": [interrupt({"question": "sure?"})]}
    if word == "fail":
        raise ValueError("not today")
    model = GenericFakeChatModel(messages=iter([AIMessage("well then")]))
    return {"said": [(await model.ainvoke("go on")).content]}

graph = (
    StateGraph(State).add_node(think).add_node(speak)
    .add_edge(START, "think").add_edge("think", "speak").add_edge("speak", END).compile()
)
`,
};

const generators = {
  'words.py': 'def predict(count: int):\n    for at in range(count):\n        yield f"word{at} "',
  'items.py': 'async def predict(count: int):\n    for at in range(count):\n        yield {"at": at}',
};

test('a stream yields what nodes change, write and receive from models, then the answer', async () => {
  const { chunks, answer } = await readStream(runner.stream({ said: ['go'] }));
  expect(answer).toEqual({ status: 'success', output: { said: ['go', 'thought', 'well then'] } });
  const words = chunks.filter((chunk) => (chunk as { event: string }).event === 'messages');
  expect(words.map((chunk) => (chunk as { data: [{ content: string }] }).data[0].content)).toEqual([
    'well',
    ' ',
    'then',
  ]);
  expect(chunks.filter((chunk) => !words.includes(chunk))).toEqual([
    { event: 'custom', data: { percent: 50 } },
    { event: 'updates', data: { think: { said: ['thought'] } } },
    { event: 'updates', data: { speak: { said: ['well then'] } } },
  ]);
  expect(await listThreads()).toEqual([]);
});

test('interrupts and conversations work in a stream, and an exception ends it', async () => {
  const interrupted = await readStream(runner.stream({ said: ['ask'] }));
  expect(interrupted.answer).toMatchObject({ output: { __interrupt__: [{ value: { question: 'sure?' } }] } });
  const { __thread__ } = (interrupted.answer as { output: { __thread__: string } }).output;
  const resumed = await readStream(runner.stream({ __thread__, __resume__: 'yes' }));
  expect(resumed.chunks).toEqual([{ event: 'updates', data: { speak: { said: ['yes'] } } }]);
  expect(resumed.answer).toEqual({ status: 'success', output: { said: ['ask', 'thought', 'yes'] } });
  const failed = requireFailure((await readStream(runner.stream({ said: ['fail'], __thread__: 'ann' }))).answer);
  expect(failed).toMatchObject({ code: 'CALL_FAILED', message: 'ValueError: not today' });
  expect(failed.traceback).toContain('File "agent.py"');
  const unknown = await readStream(runner.stream({ __thread__: 'nobody', __resume__: 1 }));
  expect(requireFailure(unknown.answer)).toMatchObject({
    code: 'CALL_INPUT',
    message: 'there is no thread “nobody” to resume',
  });
  expect(await listThreads()).toHaveLength(2);
});

test.each([
  ['words', ['word0 ', 'word1 '], 'word0 word1 '],
  ['items', [{ at: 0 }, { at: 1 }], undefined],
])('a generator’s graph streams its items: %s', async (assistant, chunks, output) => {
  const keys = { input_key: 'inputs', output_key: 'output' };
  const one = new LangGraphRunner({
    ...plan,
    runInterface: { ...plan.runInterface, assistant_id: assistant, ...keys },
  });
  await one.attach(handle);
  const answer = { status: 'success', output: output ?? chunks };
  expect(await readStream(one.stream({ count: 2 }))).toEqual({ chunks, answer });
  expect(await one.run({ count: 2 })).toEqual(answer);
});

const countNotes = (word: string): number =>
  readFileSync(join(plan.directory, 'notes.txt'), 'utf8')
    .split('\n')
    .filter((line) => line === word).length;

/** Resolves when all runs that have begun are canceled. */
const untilAllAreCancelled = (): Promise<void> =>
  waitUntilReady(
    { description: 'cancel the run', isReady: async () => countNotes('begun') === countNotes('cancelled') },
    { timeout: 60, interval: 50 },
  );

test('a reader that leaves a stream ends the run, and so does its deadline', async () => {
  const threads = await listThreads();
  for await (const chunk of runner.stream({ said: ['wait'] })) {
    expect(chunk).toEqual({ event: 'custom', data: { percent: 50 } });
    break;
  }
  await untilAllAreCancelled();
  const late = await readStream(runner.stream({ said: ['wait'] }, { timeout: 2 }));
  expect(requireFailure(late.answer).code).toBe('CALL_TIMEOUT');
  await untilAllAreCancelled();
  expect(await listThreads()).toEqual(threads);
});

test('a run is ended even when the server is slow to notice that its caller has left', async () => {
  const parts = runner.stream({ said: ['wait'] });
  await parts.next();
  const { pid } = handle.server as { pid: number };
  process.kill(pid, 'SIGSTOP');
  const leaving = parts.return(undefined as never);
  await sleep(300);
  process.kill(pid, 'SIGCONT');
  await leaving;
  await untilAllAreCancelled();
});

test('a run is ended even when its caller leaves before the server has named it', async () => {
  const { pid } = handle.server as { pid: number };
  const threads = await listThreads();
  const gone = new AbortController();
  process.kill(pid, 'SIGSTOP');
  const parts = readStream(runner.stream({ said: ['wait'] }, { signal: gone.signal }));
  await sleep(300);
  gone.abort();
  await sleep(100);
  process.kill(pid, 'SIGCONT');
  expect(requireFailure((await parts).answer).code).toBe('CALL_CANCELLED');
  expect(await listThreads()).toEqual(threads);
  await sleep(2_000); // it would begin within a second
  expect(countNotes('begun')).toBe(countNotes('cancelled'));
});

test('a server that crashes loses the stream', async () => {
  const parts = runner.stream({ said: ['wait'] });
  await parts.next();
  await killMarkedProcesses(plan);
  expect(requireFailure((await parts.next()).value as never).code).toBe('CALL_LOST');
});
