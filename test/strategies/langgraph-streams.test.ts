import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import { killMarked } from '../../src/runners/marked-processes.js';
import { LangGraphRunner } from '../../strategies/langgraph/runner.js';
import { readStream } from '../support/read-stream.js';
import { temporaryDirectory } from '../support/temporary.js';
import { failureOf } from './conformance.js';
import { graphEnvironment, graphPlan } from './graph-plan.js';

const started: LangGraphRunner[] = [];
afterEach(async () => {
  for (const runner of started.splice(0)) await runner.undo();
});

beforeAll(async () => {
  await graphEnvironment();
}, 180_000);

async function serve(files: Record<string, string>): Promise<{ runner: LangGraphRunner; plan: RunPlan; url: string }> {
  const plan = await graphPlan(temporaryDirectory('berth-graph-'), files);
  const runner = new LangGraphRunner(plan);
  started.push(runner);
  const { endpoint } = await runner.start({ env: {} });
  return { runner, plan, url: endpoint ?? '' };
}

async function listThreads(url: string): Promise<unknown[]> {
  const found = await fetch(`${url}/threads/search`, { method: 'POST', body: '{}' });
  return (await found.json()) as unknown[];
}

/** Writes as it works, has a model speak, asks a person, and fails, as its input says. */
const writer = {
  'agent.py': `
import asyncio, pathlib
from typing import Annotated, TypedDict
from operator import add
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langgraph.graph import END, START, StateGraph
from langgraph.types import StreamWriter, interrupt

class State(TypedDict, total=False):
    said: Annotated[list[str], add]

async def think(state: State, writer: StreamWriter) -> State:
    writer({"percent": 50})
    if state["said"][-1] == "wait":
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pathlib.Path("cancelled.txt").write_text("")
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

test('a stream gives what nodes change, write and hear from models, then the answer of a run', async () => {
  const { runner, url } = await serve(writer);
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
  expect(await listThreads(url)).toEqual([]);
});

test('an interrupt and a conversation go on in a stream, an exception ends it', async () => {
  const { runner, url } = await serve(writer);
  const asked = await readStream(runner.stream({ said: ['ask'] }));
  expect(asked.answer).toMatchObject({ output: { __interrupt__: [{ value: { question: 'sure?' } }] } });
  const { __thread__ } = (asked.answer as { output: { __thread__: string } }).output;
  const resumed = await readStream(runner.stream({ __thread__, __resume__: 'yes' }));
  expect(resumed.chunks).toEqual([{ event: 'updates', data: { speak: { said: ['yes'] } } }]);
  expect(resumed.answer).toEqual({ status: 'success', output: { said: ['ask', 'thought', 'yes'] } });
  const failed = failureOf((await readStream(runner.stream({ said: ['fail'], __thread__: 'ann' }))).answer);
  expect(failed).toMatchObject({ code: 'CALL_FAILED', message: 'ValueError: not today' });
  expect(failed.traceback).toContain('File "agent.py"');
  const unknown = await readStream(runner.stream({ __thread__: 'nobody', __resume__: 1 }));
  expect(failureOf(unknown.answer)).toMatchObject({
    code: 'CALL_INPUT',
    message: 'there is no thread “nobody” to resume',
  });
  expect(await listThreads(url)).toHaveLength(2);
});

test('who leaves a stream ends the run, its deadline says so, and a server that dies loses it', async () => {
  const { runner, plan, url } = await serve(writer);
  for await (const chunk of runner.stream({ said: ['wait'] })) {
    expect(chunk).toEqual({ event: 'custom', data: { percent: 50 } });
    break;
  }
  const isCancelled = () => existsSync(`${plan.directory}/cancelled.txt`);
  for (let waited = 0; !isCancelled() && waited < 100; waited += 1) await sleep(50);
  expect(isCancelled()).toBe(true);
  const late = await readStream(runner.stream({ said: ['wait'] }, { timeout: 2 }));
  expect(failureOf(late.answer).code).toBe('CALL_TIMEOUT');
  expect(await listThreads(url)).toEqual([]);
  const parts = runner.stream({ said: ['wait'] });
  await parts.next();
  await killMarked(plan);
  expect(failureOf((await parts.next()).value as never).code).toBe('CALL_LOST');
});

test.each([
  [
    'def predict(count: int):\n    for at in range(count):\n        yield f"word{at} "',
    ['word0 ', 'word1 '],
    'word0 word1 ',
  ],
  [
    'async def predict(count: int):\n    for at in range(count):\n        yield {"at": at}',
    [{ at: 0 }, { at: 1 }],
    undefined,
  ],
])('a generator’s graph streams what it yields: %j', async (source, chunks, output) => {
  const { runner } = await serve({ 'app.py': source });
  expect(await readStream(runner.stream({ count: 2 }))).toEqual({
    chunks,
    answer: { status: 'success', output: output ?? chunks },
  });
  expect(await runner.run({ count: 2 })).toEqual({ status: 'success', output: output ?? chunks });
});
