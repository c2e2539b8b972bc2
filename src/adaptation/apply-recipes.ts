import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { Recipe, RecipeInput, Recognition } from '../registry/recipe.js';
import type { AdaptationOutcome, AdaptRequest } from './adapt-request.js';
import { noCost } from './adapt-request.js';
import { writeRecipeFiles } from './write-recipe-files.js';

type RecipeRequest = Pick<AdaptRequest, 'workspace' | 'facts' | 'entry' | 'signal' | 'onProgress'>;

/**
 * Adapts the workspace by the first recipe that recognizes it. Returns undefined if none does.
 *
 * @throws ADAPTATION_FAILED, and the errors of the recipe
 */
export async function applyRecipes(
  recipes: readonly Recipe[],
  request: RecipeRequest,
): Promise<AdaptationOutcome | undefined> {
  const { workspace, facts, entry, signal, onProgress } = request;
  const found = await recognizeWith(recipes, { workspace, facts, ...(entry && { entry }) }, signal);
  if (found === undefined) return undefined;
  const { summary, runInterface, files } = found.recognition;
  onProgress?.(summary);
  await writeRecipeFiles(workspace, files);
  return { ...noCost, by: `recipe:${found.recipe}`, summary, runInterface };
}

/**
 * Returns the recognition of the first recipe that recognizes the workspace. Only reads.
 *
 * @throws ENTRY_AMBIGUOUS, ENTRY_NOT_FOUND, ENTRY_INVALID, PYTHON_SYNTAX, MANIFEST_INVALID
 */
export async function recognizeWith(
  recipes: readonly Recipe[],
  input: RecipeInput,
  signal?: AbortSignal,
): Promise<{ recipe: string; recognition: Recognition } | undefined> {
  for (const recipe of recipes) {
    signal?.throwIfAborted();
    const recognition = await recipe.recognize(input);
    if (recognition !== undefined) return { recipe: recipe.name, recognition };
  }
  return undefined;
}

/** Returns true if a coding agent may resolve the error: it can find out which callable is meant, or write one. */
export const isLeftToAgents = ({ code }: BerthError, entry: string | undefined): boolean =>
  code === 'ENTRY_AMBIGUOUS' || (code === 'ENTRY_NOT_FOUND' && entry === undefined);

/** Maximum notes of the facts in the evidence: an unread file may contain the callable. */
const maxNotes = 5;

/** Creates the error for a workspace that no recipe recognizes and no agent adapts. */
export async function notRecognizedError(recipes: readonly Recipe[], request: AdaptRequest): Promise<BerthError> {
  const { setting, facts, entry, solution, round } = request;
  const recipeNames = recipes.map(({ name }) => name).join(', ') || 'none';
  const found = listCallables(facts);
  const candidates = await listServableEntries(recipes, request);
  const message =
    entry === undefined
      ? `no recipe of the strategy “${setting.strategy}” recognizes what to call, and no coding agent is used`
      : `the strategy “${setting.strategy}” cannot call the entry ${entry}`;
  const evidence = [
    `recipes tried: ${recipeNames}`,
    found.length === 0 ? 'callables found: none' : `callables found: ${found.join(', ')}`,
    ...facts.notes.slice(0, maxNotes),
  ];
  const advice = round.agents.length === 0 ? '' : `; ${agentHint}`;
  return new BerthError('ENTRY_NOT_FOUND', `${message} (recipes tried: ${recipeNames})${advice}`, {
    path: solution.path,
    candidates,
    evidence: evidence.join('\n'),
  });
}

/** Lists the callables that the recipes accept as an entry. */
export async function listServableEntries(
  recipes: readonly Recipe[],
  { workspace, facts }: Pick<RecipeInput, 'workspace' | 'facts'>,
): Promise<string[]> {
  const names = listCallables(facts);
  const isServable = (entry: string) =>
    recognizeWith(recipes, { workspace, facts, entry }).then(
      (recognition) => recognition !== undefined,
      () => false,
    );
  const servable = await Promise.all(names.map(isServable));
  return names.filter((_, index) => servable[index]);
}

const listCallables = ({ entryPoints }: Facts): string[] =>
  entryPoints.slice(0, 10).map(({ module, callable }) => `${module}:${callable}`);

/** Advice for a user without a usable coding agent. */
const agentHint = 'a coding agent could adapt it: install one or set its key (`berth doctor` shows what each lacks)';
