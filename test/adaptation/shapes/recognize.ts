import { gatherFacts } from '../../../src/facts/index.js';
import type { Recognition } from '../../../src/registry/recipe.js';
import { recipes } from '../../../strategies/local/recipes.js';
import { temporaryHome, temporarySolution } from '../../support/temporary-directories.js';

const home = temporaryHome();

export interface Recognized extends Recognition {
  recipe: string;
}

/** Recognizes a repository with the recipes of `local`. */
export async function recognize(files: Record<string, string>, entry?: string): Promise<Recognized | undefined> {
  const workspace = temporarySolution(files);
  const facts = await gatherFacts(workspace, { home });
  for (const recipe of recipes) {
    const recognition = await recipe.recognize({ workspace, facts, ...(entry !== undefined && { entry }) });
    if (recognition !== undefined) return { ...recognition, recipe: recipe.name };
  }
  return undefined;
}
