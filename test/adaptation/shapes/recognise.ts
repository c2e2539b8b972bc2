import type { Recognition } from '../../../src/adaptation/recipe.js';
import { gatherFacts } from '../../../src/selection/index.js';
import { recipes } from '../../../strategies/local/recipes.js';
import { temporaryHome, temporarySolution } from '../../support/temporary.js';

const home = temporaryHome();

export interface Recognised extends Recognition {
  recipe: string;
}

/** What the local recipes make of a repository: the first that recognises it. */
export async function recognise(files: Record<string, string>, entry?: string): Promise<Recognised | undefined> {
  const workspace = temporarySolution(files);
  const facts = await gatherFacts(workspace, { home });
  for (const recipe of recipes) {
    const recognition = await recipe.recognise({ workspace, facts, ...(entry !== undefined && { entry }) });
    if (recognition !== undefined) return { ...recognition, recipe: recipe.name };
  }
  return undefined;
}
