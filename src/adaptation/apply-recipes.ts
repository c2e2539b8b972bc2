import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { Recipe, RecipeInput, Recognition } from '../registry/recipe.js';
import type { AdaptationOutcome, AdaptRequest } from './adapt-request.js';
import { noCost } from './adapt-request.js';
import { writeRecipeFiles } from './write-recipe-files.js';

type RecipeRequest = Pick<AdaptRequest, 'workspace' | 'facts' | 'entry' | 'signal' | 'onProgress'>;

/** Adapts by the first recipe that recognizes the workspace. Throws ENTRY_AMBIGUOUS, and ADAPTATION_FAILED. */
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

/** What the first recipe that recognizes the workspace says of it; only reads. Throws ENTRY_AMBIGUOUS. */
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

/** What could not be read may be what was meant. */
const maxNotes = 5;

/** Why nothing is adapted where no agent is used either. */
export async function notRecognizedError(recipes: readonly Recipe[], request: AdaptRequest): Promise<BerthError> {
  const { setting, facts, entry, solution, round } = request;
  const recipeNames = recipes.map(({ name }) => name).join(', ') || 'none';
  const found = listCallables(facts);
  const candidates = await listServableEntries(recipes, request);
  const message =
    entry === undefined
      ? `no recipe of the strategy “${setting.strategy}” recognizes what to call, and no coding agent is used`
      : `the entry ${entry} is nothing that the strategy “${setting.strategy}” can call`;
  const evidence = [
    `recipes asked: ${recipeNames}`,
    found.length === 0 ? 'callables found: none' : `callables found: ${found.join(', ')}`,
    ...facts.notes.slice(0, maxNotes),
  ];
  const advice = round.agents.length === 0 ? '' : `; ${agentHint}`;
  return new BerthError('ENTRY_NOT_FOUND', `${message} (recipes asked: ${recipeNames})${advice}`, {
    path: solution.path,
    candidates,
    evidence: evidence.join('\n'),
  });
}

/** Those of the callables that the recipes take when they are named: what is proposed works. */
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
  const taken = await Promise.all(names.map(isServable));
  return names.filter((_, index) => taken[index]);
}

const listCallables = ({ entryPoints }: Facts): string[] =>
  entryPoints.slice(0, 10).map(({ module, callable }) => `${module}:${callable}`);

/** For a person on whose machine none can be used. */
export const agentHint =
  'a coding agent could adapt it: install one or set its key, `berth doctor` says what each lacks';
