/** @needs git python3 */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { AdapterAgent, type Recipe, type Recognition } from '../../src/adaptation/index.js';
import { BerthError } from '../../src/errors.js';
import { digestTree } from '../../src/workspaces/index.js';
import { someFacts } from '../environments/some-facts.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';
import { finalMessage, runInterface, someRequest, someRound } from './adaptation-request.js';
import { agentsOf, ScriptedAgent } from './scripted-agent.js';

const recipe = (name: string, recognize: () => Recognition | undefined): Recipe => ({
  name,
  recognize: async () => recognize(),
});
const recognizing = (files: Record<string, string> = {}) =>
  recipe('simple', () => ({ summary: 'recognized `predict(x)` in app.py', runInterface, files }));
const blind = recipe('blind', () => undefined);

const adapterWith = (recipes: Recipe[], ...agents: ScriptedAgent[]) =>
  new AdapterAgent({
    registry: { getRecipes: async () => recipes, getAdapterInstruction: () => 'make it fit', listEntries: () => [] },
    agents: agentsOf(...agents),
    home: temporaryHome(),
    environment: {},
    findSandbox: async () => ({ isSandboxed: true, mechanism: 'bubblewrap' }),
  });

const writer = (name = 'writer') =>
  new ScriptedAgent(name, ({ workspace }) => {
    writeFileSync(join(workspace, 'main.py'), 'import app\n');
    return { message: finalMessage };
  });

test('the first recipe that recognizes the workspace adapts it, and git reports the changes', async () => {
  const request = await someRequest();
  const before = await digestTree(request.solution.path);
  const adapter = adapterWith([blind, recognizing({ 'entry/main.py': 'import app\n' })]);
  const result = await adapter.adapt(request);
  const expected = {
    by: 'recipe:simple',
    filesChanged: ['entry/main.py'],
    rounds: 0,
    cost: 0,
    tokens: 0,
    runInterface,
  };
  expect(result).toMatchObject({ success: true, ...expected });
  expect(readFileSync(join(request.workspace, 'entry/main.py'), 'utf8')).toBe('import app\n');
  expect(await digestTree(request.solution.path)).toBe(before);
  expect(await adapter.adapt(request)).toEqual(result);
});

test('a file that exists is never overwritten', async () => {
  const request = await someRequest();
  const failure = adapterWith([recognizing({ 'app.py': 'other\n' })]).adapt(request);
  await expect(failure).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
    message: expect.stringContaining('app.py already exists'),
  });
  expect(readFileSync(join(request.workspace, 'app.py'), 'utf8')).toBe('def predict(x): ...\n');
});

test.each(['../outside.py', '/outside.py', 'link/outside.py'])('nothing is written to %s', async (path) => {
  const request = await someRequest();
  const outside = temporaryDirectory();
  symlinkSync(outside, join(request.workspace, 'link'));
  await expect(adapterWith([recognizing({ [path]: '' })]).adapt(request)).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
  });
  expect(existsSync(join(outside, 'outside.py'))).toBe(false);
});

test.each([
  ['none', [], expect.not.stringContaining('berth doctor')],
  ['auto and none that can be used', ['auto'], expect.stringContaining('berth doctor')],
])('an unrecognized workspace is an error that lists the recipes tried: %s', async (_, agents, advice) => {
  const missing = new ScriptedAgent('missing');
  missing.missing = ['the program missing'];
  const failure = adapterWith([blind], missing).adapt(await someRequest(undefined, { round: { agents } }));
  await expect(failure).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    message: expect.stringContaining('recipes tried: blind'),
    next: expect.stringContaining('--entry MODULE:CALLABLE'),
  });
  await expect(failure).rejects.toMatchObject({ message: advice });
});

test('the error proposes only callables that a recipe accepts', async () => {
  const picky: Recipe = {
    name: 'picky',
    async recognize({ entry }) {
      if (entry === undefined) return undefined;
      if (entry === 'app:Model') throw new BerthError('ENTRY_NOT_FOUND', 'it cannot be built');
      return { summary: `calls ${entry}`, runInterface, files: {} };
    },
  };
  const entry = { ...someFacts().entryPoints[0], file: 'app.py', module: 'app', root: '.', kind: 'function' as const };
  const rest = { isAsync: false, isGenerator: false, parameters: [], methods: [], bases: [] };
  const described = { ...entry, ...rest, constructorParameters: [], docstring: null, line: 1 };
  const facts = someFacts({ entryPoints: ['Model', 'answer'].map((callable) => ({ ...described, callable })) });
  const request = { ...(await someRequest(undefined, { round: { agents: [] } })), facts };
  await expect(adapterWith([picky]).adapt(request)).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    details: {
      candidates: ['app:answer'],
      evidence: expect.stringContaining('callables found: app:Model, app:answer'),
    },
  });
});

test('the evidence names unread files when nothing is recognized', async () => {
  const note = 'predict.py was not read: it is larger than 1 MB.';
  const request = { ...(await someRequest(undefined, { round: { agents: [] } })), facts: someFacts({ notes: [note] }) };
  await expect(adapterWith([]).adapt(request)).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    details: { evidence: expect.stringContaining(note) },
  });
});

test('an ambiguous entry goes to an agent, and is an error without one', async () => {
  const ambiguous = recipe('strict', () => {
    throw new BerthError('ENTRY_AMBIGUOUS', 'a:f or b:f', { entry: 'a:f' });
  });
  await expect(adapterWith([ambiguous]).adapt(await someRequest())).rejects.toMatchObject({ code: 'ENTRY_AMBIGUOUS' });
  expect(await adapterWith([ambiguous], writer()).adapt(await someRequest())).toMatchObject({ by: 'writer' });
});

test('an unknown agent is refused before anything is written, and a later refusal preserves the work', async () => {
  const request = await someRequest(undefined, { round: { agents: ['nobody'] } });
  const adapter = adapterWith([recognizing({ 'new.py': '' })]);
  await expect(adapter.adapt(request)).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  expect(existsSync(join(request.workspace, 'new.py'))).toBe(false);
  const resumed = { ...request, round: someRound({ agents: ['nobody'], asksRecipes: false }) };
  await expect(adapter.adapt(resumed)).rejects.toMatchObject({ code: 'AGENT_UNUSABLE' });
});

test('an unrecognized workspace goes to the first usable agent, and its work becomes a commit', async () => {
  const missing = new ScriptedAgent('missing');
  missing.missing = ['the program missing'];
  const agent = writer();
  const request = await someRequest();
  const result = await adapterWith([blind], missing, agent).adapt(request);
  expect(result).toMatchObject({ by: 'writer', summary: 'Wrapped it.', filesChanged: ['main.py'], runInterface });
  expect(result).toMatchObject({ rounds: 1, cost: 0.01, tokens: 110, sessionId: 's1' });
  expect(result.notes).toEqual([
    'missing was skipped: it lacks the program missing',
    'writer was chosen: it is the first usable agent',
    'writer ran in a sandbox (bubblewrap)',
  ]);
  expect(agent.requests[0]).toMatchObject({
    workspace: request.workspace,
    stateDirectory: join(request.stateDirectory, 'writer'),
    session: null,
    limits: { wallSeconds: 1800, idleSeconds: 300, turns: 100 },
  });
});

test('a round with evidence for an agent skips the recipes', async () => {
  const agent = writer();
  const round = { asksRecipes: false, evidence: 'NameError: x', session: { agent: 'writer', id: 's0' } };
  const result = await adapterWith([recognizing()], agent).adapt(await someRequest(undefined, { round }));
  expect(result.by).toBe('writer');
  expect(agent.requests[0]).toMatchObject({ session: 's0', prompt: expect.stringContaining('NameError: x') });
  expect(agent.requests[0]?.prompt).not.toContain('make it fit');
});

test('another agent starts with a summary of the earlier work', async () => {
  const agent = writer();
  const round = { asksRecipes: false, learned: 'torch is too new', session: { agent: 'other', id: 's0' } };
  await adapterWith([], agent).adapt(await someRequest(undefined, { round }));
  expect(agent.requests[0]).toMatchObject({ session: null, prompt: expect.stringContaining('make it fit') });
  expect(agent.requests[0]?.prompt).toContain('torch is too new');
});

test('the agent with the session continues it, even when another one comes first', async () => {
  const first = new ScriptedAgent('first');
  const round = { asksRecipes: false, session: { agent: 'writer', id: 's0' } };
  const result = await adapterWith([], first, writer()).adapt(await someRequest(undefined, { round }));
  expect(result).toMatchObject({ by: 'writer', notes: ['writer ran in a sandbox (bubblewrap)'] });
});

test('the next agent takes over when a key is rejected or a provider is down', async () => {
  const refused = new ScriptedAgent('refused', () => ({ stopReason: 'unauthorized', error: '401', session: null }));
  const down = new ScriptedAgent('down', () => ({ stopReason: 'unreachable', error: 'ECONNREFUSED', session: null }));
  const round = { agents: ['refused', 'down', 'writer'] };
  const result = await adapterWith([], refused, down, writer()).adapt(await someRequest(undefined, { round }));
  expect(result.by).toBe('writer');
  expect(result.notes.slice(0, 2)).toEqual([
    'refused was skipped: refused’s provider rejects the key: 401',
    'down was skipped: down’s provider does not answer: ECONNREFUSED',
  ]);
});

test('when no named agent is usable, the error lists what each lacks', async () => {
  const [one, two] = [new ScriptedAgent('one'), new ScriptedAgent('two', () => new BerthError('AGENT_UNUSABLE', 'no'))];
  one.missing = ['ONE_KEY'];
  const request = await someRequest(undefined, { round: { agents: ['one', 'two'] } });
  await expect(adapterWith([blind], one, two).adapt(request)).rejects.toMatchObject({
    code: 'AGENT_UNUSABLE',
    message: 'no coding agent is usable: one was skipped: it lacks ONE_KEY; two was skipped: no',
  });
});

test('a rate limit waits as the provider asks, and earlier usage counts when the round is retried', async () => {
  const agent = new ScriptedAgent(
    'writer',
    () => ({ stopReason: 'rate-limited', error: '429', retryAfterSeconds: 7 }),
    () => ({ message: finalMessage }),
  );
  const [adapter, request] = [adapterWith([], agent), await someRequest()];
  await expect(adapter.adapt(request)).rejects.toMatchObject({
    code: 'AGENT_BUSY',
    retryable: true,
    details: { retryAfterSeconds: 7, rounds: 0, dollars: 0.01 },
  });
  expect(await adapter.adapt(request)).toMatchObject({ rounds: 1, cost: 0.02, tokens: 220 });
  expect(agent.requests[1]).toMatchObject({ session: 's1', prompt: expect.stringContaining('interrupted') });
});

test('an unfinished round continues in its session', async () => {
  const agent = new ScriptedAgent(
    'writer',
    ({ onSession }) => {
      onSession?.('begun');
      return new Error('the worker dies');
    },
    () => ({ message: finalMessage, session: 'begun' }),
  );
  const request = await someRequest();
  const heard: unknown[] = [];
  const onSession = (session: unknown) => heard.push(session);
  await expect(adapterWith([], agent).adapt({ ...request, onSession })).rejects.toThrow('the worker dies');
  expect(heard).toEqual([{ agent: 'writer', id: 'begun' }]);
  expect(await adapterWith([], agent).adapt(request)).toMatchObject({ sessionId: 'begun' });
  expect(agent.requests[1]).toMatchObject({ session: 'begun', prompt: expect.stringContaining('make it fit') });
});

test('a finished round never runs again, whether it succeeded or failed', async () => {
  const request = await someRequest();
  const result = await adapterWith([], writer()).adapt(request);
  expect(await adapterWith([], new ScriptedAgent('writer')).adapt(request)).toEqual(result);
  const next = { ...request, round: someRound({ number: 2, asksRecipes: false }) };
  const failing = new ScriptedAgent('writer', () => ({ stopReason: 'time', error: 'it was stopped after 1800 s' }));
  const failed = { code: 'ADAPTATION_FAILED', details: { agent: 'writer', sessionId: 's1', rounds: 1, dollars: 0.01 } };
  await expect(adapterWith([], failing).adapt(next)).rejects.toMatchObject(failed);
  await expect(adapterWith([], new ScriptedAgent('writer')).adapt(next)).rejects.toMatchObject(failed);
});

test('the message of a run that finished before the worker died is reused, not paid for again', async () => {
  const request = await someRequest();
  const record = {
    number: 1,
    session: { agent: 'writer', id: 's1' },
    spent: { dollars: 0.3, tokens: 5, turns: 2 },
    message: { agent: 'writer', text: finalMessage, notes: [] },
  };
  writeFileSync(join(request.stateDirectory, 'round-1.json'), JSON.stringify(record));
  const result = await adapterWith([], new ScriptedAgent('writer')).adapt(request);
  expect(result).toMatchObject({ by: 'writer', cost: 0.3, sessionId: 's1' });
});

test('a lost session restarts with a summary of the work', async () => {
  const agent = new ScriptedAgent(
    'writer',
    () => ({ stopReason: 'session-lost', session: null, error: 'no session s0', cost: 0 }),
    () => ({ message: finalMessage, session: 's2' }),
  );
  const round = { asksRecipes: false, evidence: 'it failed', session: { agent: 'writer', id: 's0' } };
  const request = await someRequest(undefined, { round });
  writeFileSync(join(request.workspace, 'new.py'), 'x = 1\n');
  const result = await adapterWith([], agent).adapt(request);
  expect(result).toMatchObject({ sessionId: 's2', rounds: 1 });
  expect(agent.requests[1]).toMatchObject({ session: null, prompt: expect.stringContaining('new.py') });
  expect(agent.requests[1]?.prompt).toContain('it failed');
});

test('a missing or invalid report is requested again in the same session, and the costs add up', async () => {
  const agent = new ScriptedAgent(
    'writer',
    () => ({ message: 'All done!' }),
    () => ({ message: '<run_interface>{"type": "function"}</run_interface>' }),
    () => ({ message: finalMessage }),
  );
  const result = await adapterWith([], agent).adapt(await someRequest());
  expect(result).toMatchObject({ rounds: 1, cost: 0.03, runInterface });
  expect(agent.requests.map(({ session }) => session)).toEqual([null, 's1', 's1']);
  expect(agent.requests[1]?.prompt).toContain('it has no <run_interface>');
  expect(agent.requests[2]?.prompt).toContain('module');
});

test('an agent that claims success without a report fails after two retries', async () => {
  const done = () => ({ message: 'It works perfectly.' });
  const failure = adapterWith([], new ScriptedAgent('writer', done, done, done)).adapt(await someRequest());
  await expect(failure).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
    message: expect.stringContaining('writer changed nothing and reported no valid run interface'),
    details: { rounds: 1, dollars: 0.03 },
  });
});

test('a rejected change is not committed, and its evidence names the file', async () => {
  const agent = new ScriptedAgent('writer', ({ workspace }) => {
    writeFileSync(join(workspace, 'app.py'), '');
    return { message: finalMessage };
  });
  const request = await someRequest();
  await expect(adapterWith([], agent).adapt(request)).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
    details: { evidence: expect.stringContaining('app.py'), sessionId: 's1' },
  });
  expect(readFileSync(join(request.workspace, 'app.py'), 'utf8')).toBe('def predict(x): ...\n');
});

test.each([
  ['dollars', { spent: { rounds: 1, dollars: 2, tokens: 0 }, budget: { rounds: 4, dollars: 2 } }, '$2'],
  ['rounds', { spent: { rounds: 4, dollars: 2, tokens: 0 }, budget: { rounds: 4, dollars: null } }, '4 rounds'],
])('an exhausted budget of %s runs no agent', async (_, round, message) => {
  const agent = new ScriptedAgent('writer');
  const failure = adapterWith([], agent).adapt(await someRequest(undefined, { round }));
  await expect(failure).rejects.toMatchObject({
    code: 'BUDGET_REACHED',
    message: expect.stringContaining(message),
    next: expect.stringContaining('berth resume'),
  });
  expect(agent.requests).toEqual([]);
});

test('the agent gets the remaining budget, and a note says when it cannot be enforced', async () => {
  const agent = writer();
  agent.reportsCost = false;
  const round = { spent: { rounds: 1, dollars: 0.5, tokens: 0 }, budget: { rounds: 4, dollars: 2 } };
  const result = await adapterWith([], agent).adapt(await someRequest(undefined, { round }));
  expect(agent.requests[0]?.limits.dollars).toBe(1.5);
  expect(result.notes).toContain('writer does not report its cost, so the budget of $2 does not limit it');
});

test.each<[string, string, object]>([
  ['one dict', 'def predict(inputs):\n    return inputs\n', { call: 'inputs', paths: ['.'] }],
  ['named parameters', 'def predict(a, b=1):\n    return a\n', { call: 'arguments', paths: ['.'] }],
  ['what does not parse', 'def predict(\n', {}],
])('an interface without `call` is completed as a recipe would: %s', async (_, code, expected) => {
  const agent = new ScriptedAgent('writer', ({ workspace }) => {
    writeFileSync(join(workspace, 'entry.py'), code);
    return { message: finalMessage.replace('"app"', '"entry"') };
  });
  const adapted = await adapterWith([], agent).adapt(await someRequest());
  expect(adapted.runInterface).toEqual({ type: 'function', module: 'entry', callable: 'predict', ...expected });
});

test('reported values of `call` and `paths` stay, and missing ones are completed', async () => {
  const files = {
    'src/pkg/model.py': 'class Model:\n    def predict(self, payload: dict):\n        return payload\n',
    'pyproject.toml': '[project]\nname = "pkg"\nversion = "1"\n',
  };
  const answering = (text: string) =>
    new ScriptedAgent('writer', ({ workspace }) => {
      writeFileSync(join(workspace, 'NOTES.md'), 'x\n');
      return { message: `<run_interface>${text}</run_interface>` };
    });
  const adapt = async (text: string) =>
    (await adapterWith([], answering(text)).adapt(await someRequest(files))).runInterface;
  const base = '"type": "function", "module": "pkg.model", "callable": "Model"';
  expect(await adapt(`{${base}}`)).toMatchObject({ call: 'inputs', paths: ['src', '.'] });
  expect(await adapt(`{${base}, "call": "arguments"}`)).toMatchObject({ call: 'arguments', paths: ['src', '.'] });
  expect(await adapt(`{${base}, "paths": ["."]}`)).toMatchObject({ call: 'inputs', paths: ['.'] });
});

test('a Cog predictor that an agent names is called by Cog’s rules', async () => {
  const agent = new ScriptedAgent('writer', ({ workspace }) => {
    writeFileSync(join(workspace, 'cog.yaml'), 'build: {}\nenvironment: ["A=1"]\npredict: "predict.py:Predictor"\n');
    writeFileSync(
      join(workspace, 'predict.py'),
      'from cog import BasePredictor\nclass Predictor(BasePredictor):\n    def predict(self, text: str) -> str:\n        return text\n',
    );
    const text = '{"type": "function", "module": "predict", "callable": "Predictor"}';
    return { message: `<run_interface>${text}</run_interface>` };
  });
  const adapted = await adapterWith([], agent).adapt(await someRequest());
  expect(adapted.runInterface).toMatchObject({ call: 'cog', environment: ['A=1'] });
});

test('without a sandbox, a change of a guarded file is rejected and named', async () => {
  const request = await someRequest();
  const agent = new ScriptedAgent('writer', () => {
    writeFileSync(join(request.solution.path, 'app.py'), 'def predict(x): return 1\n');
    return { message: finalMessage, isSandboxed: false, mechanism: 'none' };
  });
  const adapter = new AdapterAgent({
    registry: { getRecipes: async () => [], getAdapterInstruction: () => '', listEntries: () => [] },
    agents: agentsOf(agent),
    environment: {},
    findSandbox: async () => ({ isSandboxed: false, mechanism: 'none' }),
  });
  await expect(adapter.adapt(request)).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
    details: { evidence: expect.stringContaining(join(request.solution.path, 'app.py')) },
  });
});

test('the user’s edits are committed with the interface that a recipe recognizes, otherwise the last known one', async () => {
  const request = await someRequest();
  const before = { ...request, round: someRound({ number: 1 }) };
  const adapted = await adapterWith([], writer()).adapt(before);
  writeFileSync(join(request.workspace, 'app.py'), 'def predict(x): return x\n');
  const own = (number: number) => ({ ...request, round: someRound({ number, agents: [], asksRecipes: false }) });
  const result = await adapterWith([blind]).adapt(own(2));
  expect(result).toMatchObject({ by: 'user', rounds: 0, filesChanged: ['app.py', 'main.py'], runInterface });
  expect(result.commit).not.toBe(adapted.commit);
  expect(result.notes[0]).toContain('last known');
  expect(await adapterWith([recognizing()]).adapt(own(3))).toMatchObject({ by: 'user', notes: [] });
});

test('edits without a known interface stay', async () => {
  const round = { agents: [], asksRecipes: false };
  const failure = adapterWith([blind]).adapt(await someRequest(undefined, { round }));
  await expect(failure).rejects.toMatchObject({ code: 'ADAPTATION_FAILED' });
});

test('an abort does not fail the round', async () => {
  const controller = new AbortController();
  const agent = new ScriptedAgent(
    'writer',
    () => {
      controller.abort();
      return { stopReason: 'aborted', error: 'it was stopped on request' };
    },
    () => ({ message: finalMessage }),
  );
  const [adapter, request] = [adapterWith([], agent), await someRequest()];
  await expect(adapter.adapt({ ...request, signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(await adapter.adapt(request)).toMatchObject({ by: 'writer', cost: 0.02 });
});
