import { BerthError } from '../errors.js';
import type { Recipe } from '../registry/recipe.js';
import { type AdaptationOutcome, type AdaptRequest, noCost } from './adapt-request.js';
import { applyRecipes } from './apply-recipes.js';
import { findLastInterface } from './rounds/round-record.js';

/**
 * Adopts the user's edits of the workspace. The run interface is what a recipe recognizes, or else the last known one.
 *
 * @throws ADAPTATION_FAILED when there is neither; the edits stay in the workspace
 */
export async function adoptUserEdits(recipes: readonly Recipe[], request: AdaptRequest): Promise<AdaptationOutcome> {
  const { recognized, reason } = await recognizeEdits(recipes, request);
  if (recognized !== undefined) {
    const { summary, runInterface } = recognized;
    return { ...noCost, by: 'user', summary: `edited by hand; ${summary}`, runInterface };
  }
  const runInterface = await findLastInterface(request.stateDirectory);
  if (runInterface !== null) {
    const notes = [`the run interface is the last known one: ${reason}`];
    return { ...noCost, by: 'user', summary: 'edited by hand', runInterface, notes };
  }
  throw new BerthError('ADAPTATION_FAILED', `cannot tell what to call in the edited workspace: ${reason}`, {
    evidence: `recipes tried: ${recipes.map(({ name }) => name).join(', ') || 'none'}; no earlier round had a run interface`,
  });
}

async function recognizeEdits(recipes: readonly Recipe[], request: AdaptRequest) {
  try {
    return { recognized: await applyRecipes(recipes, request), reason: 'no recipe recognizes the workspace' };
  } catch (error) {
    // ENTRY_* errors end a deployment, which would discard the user's edits.
    const isUnclear = error instanceof BerthError && error.code.startsWith('ENTRY_');
    if (!isUnclear) throw error;
    return { recognized: undefined, reason: error.message };
  }
}
