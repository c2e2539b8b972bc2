import { join } from 'node:path';
import type { AdaptRequest } from '../../src/adaptation/index.js';
import type { Example } from '../../src/contract/example.js';
import type { AdaptationRound } from '../../src/contract/round.js';
import { copySource } from '../../src/workspaces/index.js';
import { someFacts } from '../environments/some-facts.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';

export const runInterface = { type: 'function', module: 'app', callable: 'predict' };
export const finalMessage =
  'Wrapped it.\n<run_interface>{"type": "function", "module": "app", "callable": "predict"}</run_interface>';

export const someRound = (round: Partial<AdaptationRound> = {}): AdaptationRound => ({
  number: 1,
  agents: ['auto'],
  session: null,
  evidence: null,
  hint: null,
  learned: null,
  asksRecipes: true,
  spent: { rounds: 0, dollars: 0, tokens: 0 },
  budget: { rounds: 4, dollars: null },
  ...round,
});

/** Creates a request with a workspace that is a real copy of a real repository. */
export async function copyFiles(files: Record<string, string>): Promise<{ source: string; workspace: string }> {
  const source = temporarySolution(files);
  const workspace = join(temporaryDirectory(), 'workspace');
  await copySource({ source, workspace });
  return { source, workspace };
}

/** Creates a request that adapts a workspace and guards its source. */
export async function someRequest(
  files: Record<string, string> = { 'app.py': 'def predict(x): ...\n' },
  { round, examples = [] }: { round?: Partial<AdaptationRound>; examples?: Example[] } = {},
): Promise<AdaptRequest> {
  const { source, workspace } = await copyFiles(files);
  return {
    solution: { path: source, goal: 'answer with predict' },
    workspace,
    facts: someFacts(),
    contract: { source: examples.length === 0 ? 'weak' : 'user', examples },
    round: someRound(round),
    stateDirectory: temporaryDirectory('a-'),
    guardedPaths: [source],
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
