import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  AdapterAgent,
  type AdaptRequest,
  type Agent,
  type Recipe,
  type Recognition,
} from '../../src/adaptation/index.js';
import { BerthError } from '../../src/errors.js';
import { copySource, digestTree } from '../../src/workspaces/index.js';
import { someFacts } from '../environments/facts.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary.js';

const runInterface = { type: 'function', module: 'app', callable: 'predict' };
const recipe = (name: string, recognise: () => Recognition | undefined): Recipe => ({
  name,
  recognise: async () => recognise(),
});
const recognising = (files: Record<string, string> = {}) =>
  recipe('simple', () => ({ summary: 'recognised `predict(x)` in app.py', runInterface, files }));
const blind = recipe('blind', () => undefined);

const adapterWith = (recipes: Recipe[], agents: Agent[] = []) =>
  new AdapterAgent({
    registry: { getRecipes: async () => recipes, getAdapterInstruction: () => 'make it fit' },
    agents,
  });

async function copy(files: Record<string, string> = { 'app.py': 'def predict(x): ...\n' }): Promise<AdaptRequest> {
  const source = temporarySolution(files);
  const workspace = join(temporaryDirectory(), 'workspace');
  await copySource({ source, workspace });
  return {
    solution: { path: source },
    workspace,
    facts: someFacts(),
    setting: {
      strategy: 'local',
      provider: null,
      interface: 'function',
      resources: {},
      runInterface,
      decidedBy: 'user',
      reasoning: '',
      candidates: [],
    },
  };
}

test('the first recipe that recognises the workspace adapts it, and git says what changed', async () => {
  const request = await copy();
  const before = await digestTree(request.solution.path);
  const adapter = adapterWith([blind, recognising({ 'entry/main.py': 'import app\n' })]);
  const result = await adapter.adapt(request);
  expect(result).toMatchObject({
    success: true,
    by: 'recipe:simple',
    filesChanged: ['entry/main.py'],
    rounds: 0,
    cost: 0,
    runInterface,
  });
  expect(readFileSync(join(request.workspace, 'entry/main.py'), 'utf8')).toBe('import app\n');
  expect(await digestTree(request.solution.path)).toBe(before);
  expect(await adapter.adapt(request)).toEqual(result);
});

test('a file that exists is never overwritten', async () => {
  const request = await copy();
  const failure = adapterWith([recognising({ 'app.py': 'other\n' })]).adapt(request);
  await expect(failure).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
    message: expect.stringContaining('app.py exists already'),
  });
  expect(readFileSync(join(request.workspace, 'app.py'), 'utf8')).toBe('def predict(x): ...\n');
});

test.each(['../outside.py', '/outside.py', 'link/outside.py'])('nothing is written to %s', async (path) => {
  const request = await copy();
  const outside = temporaryDirectory();
  symlinkSync(outside, join(request.workspace, 'link'));
  await expect(adapterWith([recognising({ [path]: '' })]).adapt(request)).rejects.toMatchObject({
    code: 'ADAPTATION_FAILED',
  });
  expect(existsSync(join(outside, 'outside.py'))).toBe(false);
});

test('what no recipe recognises is an error that says what was looked for', async () => {
  const failure = adapterWith([blind]).adapt({ ...(await copy()), agent: 'none' });
  await expect(failure).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    message: expect.stringContaining('recipes asked: blind'),
    next: expect.stringContaining('--entry MODULE:CALLABLE'),
  });
});

test('an ambiguity that a recipe finds passes through', async () => {
  const ambiguous = recipe('strict', () => {
    throw new BerthError('ENTRY_AMBIGUOUS', 'a:f or b:f', { entry: 'a:f' });
  });
  await expect(adapterWith([ambiguous]).adapt(await copy())).rejects.toMatchObject({ code: 'ENTRY_AMBIGUOUS' });
});

test('an agent that is not there is refused before anything is written', async () => {
  const request = { ...(await copy()), agent: 'nobody' };
  await expect(adapterWith([recognising({ 'new.py': '' })]).adapt(request)).rejects.toMatchObject({ code: 'USAGE' });
  expect(existsSync(join(request.workspace, 'new.py'))).toBe(false);
});

test('what recipes do not recognise goes to an agent, whose work is a commit', async () => {
  const agent: Agent = {
    name: 'writer',
    adapt: async ({ workspace, instruction }) => {
      writeFileSync(join(workspace, 'main.py'), `# ${instruction}\n`);
      return { runInterface, summary: 'wrote main.py', rounds: 1, cost: 0.02, sessionId: 's1' };
    },
  };
  const result = await adapterWith([blind], [agent]).adapt(await copy());
  expect(result).toMatchObject({ by: 'writer', filesChanged: ['main.py'], rounds: 1, cost: 0.02, sessionId: 's1' });
});
