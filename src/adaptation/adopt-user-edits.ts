import { BerthError } from '../errors.js';
import type { Recipe } from '../registry/recipe.js';
import { type AdaptationOutcome, type AdaptRequest, noCost } from './adapt-request.js';
import { applyRecipes } from './apply-recipes.js';
import { findLastInterface } from './rounds/round-record.js';

/**
 * Takes over what the user edited in the workspace: its interface is what a recipe recognizes there, else the last that
 * was known. Throws ADAPTATION_FAILED when there is neither, which keeps the user's work.
 */
export async function adoptUserEdits(recipes: readonly Recipe[], request: AdaptRequest): Promise<AdaptationOutcome> {
  const { recognized, reason } = await recognizeEdits(recipes, request);
  if (recognized !== undefined) {
    const { summary, runInterface } = recognized;
    return { ...noCost, by: 'user', summary: `edited by hand; ${summary}`, runInterface };
  }
  const runInterface = await findLastInterface(request.stateDirectory);
  if (runInterface !== null) {
    const notes = [`the run interface is the one last known: ${reason}`];
    return { ...noCost, by: 'user', summary: 'edited by hand', runInterface, notes };
  }
  throw new BerthError('ADAPTATION_FAILED', `what to call in the edited workspace is not known: ${reason}`, {
    evidence: `recipes asked: ${recipes.map(({ name }) => name).join(', ') || 'none'}; no earlier round had a run interface`,
  });
}

async function recognizeEdits(recipes: readonly Recipe[], request: AdaptRequest) {
  try {
    return { recognized: await applyRecipes(recipes, request), reason: 'no recipe recognizes the workspace' };
  } catch (error) {
    // Wrong requests undo a deployment that has just begun; here there is work to keep.
    const isUnclear = error instanceof BerthError && error.code.startsWith('ENTRY_');
    if (!isUnclear) throw error;
    return { recognized: undefined, reason: error.message };
  }
}
