/** @needs git python3 uv temporal */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { DeploymentInfo } from '../../src/contract/index.js';
import { writePlugin } from '../registry/plugin.js';
import { connectOnce, deploy, redeploy } from '../support/deployments.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';

const home = temporaryStack();
const image = join(temporaryDirectory(), 'image');
const strategy = {
  'recipes.ts': `export const recipes = [
  { name: 'echo', recognize: async () => ({ summary: 'echoes', runInterface: { type: 'echo' }, files: {} }) },
];
`,
  'base.js': `import { readFileSync } from 'node:fs';
export const findBase = async () => JSON.parse(readFileSync('${image}', 'utf8')) ?? undefined;
`,
};

const isBasedOn = (base: Record<string, string | null> | null) => writeFileSync(image, JSON.stringify(base));

/** Redeploys, and returns the outcome and what the comparison before it found. */
async function redeployOnce(): Promise<[string | undefined, string | undefined]> {
  const { changes, steps }: DeploymentInfo = await redeploy('founded', { changes: { bake: 0 } });
  return [changes.at(-1)?.outcome, steps.findLast(({ step }) => step === 'digestSource')?.note];
}

test('a redeploy of an unchanged source deploys only if its strategy or its base has changed', async () => {
  writePlugin(home.strategies, 'echo', strategy);
  isBasedOn({ debian: 'one' });
  const solution = temporarySolution({ 'main.py': 'def predict():\n    return 1\n' });
  expect(await deploy({ name: 'founded', solution, strategy: 'echo' })).toMatchObject({ state: 'running' });
  expect(await redeployOnce()).toEqual(['unchanged', 'nothing has changed']);

  writeTree(join(home.strategies, 'echo'), { 'adapter_instruction.md': '# Change little\n' });
  expect(await redeployOnce()).toEqual(['live', 'the strategy echo has changed']);
  expect(await redeployOnce()).toEqual(['unchanged', 'nothing has changed']);

  isBasedOn({ debian: 'two' });
  expect(await redeployOnce()).toEqual(['live', 'debian has changed']);
  isBasedOn({ fedora: null });
  expect(await redeployOnce()).toEqual(['live', 'fedora has changed']);
  for (const unknown of [{ fedora: 'one' }, null]) {
    isBasedOn(unknown);
    expect(await redeployOnce()).toEqual(['unchanged', 'nothing has changed']);
  }
  await (await connectOnce()).cleanup('founded');
});
