import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeRecipeFiles } from '../../src/adaptation/write-recipe-files.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { gatherFacts } from '../../src/facts/index.js';
import { recipes } from '../../strategies/docker/recipes.js';
import { writeTree } from '../support/temporary-directories.js';

/** Creates a plan for these files or this directory's, adapted by the strategy's recipes. */
export async function createDockerPlan(
  directory: string,
  files: Record<string, string> | string,
  changes: Partial<RunPlan> & { entry?: string } = {},
): Promise<RunPlan> {
  const { entry, ...planned } = changes;
  const code = join(directory, 'code');
  mkdirSync(code, { recursive: true });
  if (typeof files === 'string') cpSync(files, code, { recursive: true });
  else writeTree(code, files);
  const facts = await gatherFacts(code);
  for (const recipe of recipes) {
    const recognition = await recipe.recognize({ workspace: code, facts, ...(entry !== undefined && { entry }) });
    if (recognition === undefined) continue;
    await writeRecipeFiles(code, recognition.files);
    return {
      deployment: 'demo',
      revision: 'r1',
      strategy: 'docker',
      provider: 'docker',
      directory: code,
      stateDirectory: join(directory, 'state'),
      sharedDirectory: join(directory, 'shared'),
      logFile: join(directory, 'r1.log'),
      environment: null,
      runInterface: recognition.runInterface,
      resources: {},
      timeout: 10,
      ...planned,
    };
  }
  throw new Error(`no recipe recognizes ${code}`);
}
