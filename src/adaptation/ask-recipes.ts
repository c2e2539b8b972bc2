import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { Adapted, AdaptRequest } from './adapt-request.js';
import { free } from './adapt-request.js';
import type { Recipe, RecipeInput, Recognition } from './recipe.js';
import { writeFiles } from './write-files.js';

type Asked = Pick<AdaptRequest, 'workspace' | 'facts' | 'entry' | 'signal' | 'onProgress'>;

/** Adapts by the first recipe that recognises the workspace. Throws ENTRY_AMBIGUOUS, and ADAPTATION_FAILED. */
export async function askRecipes(recipes: readonly Recipe[], request: Asked): Promise<Adapted | undefined> {
  const { workspace, facts, entry, signal, onProgress } = request;
  const found = await recogniseBy(recipes, { workspace, facts, ...(entry && { entry }) }, signal);
  if (found === undefined) return undefined;
  const { summary, runInterface, files } = found.recognition;
  onProgress?.(summary);
  await writeFiles(workspace, files);
  return { ...free, by: `recipe:${found.recipe}`, summary, runInterface };
}

/** What the first recipe that recognises the workspace says of it; only reads. Throws ENTRY_AMBIGUOUS. */
export async function recogniseBy(
  recipes: readonly Recipe[],
  input: RecipeInput,
  signal?: AbortSignal,
): Promise<{ recipe: string; recognition: Recognition } | undefined> {
  for (const recipe of recipes) {
    signal?.throwIfAborted();
    const recognition = await recipe.recognise(input);
    if (recognition !== undefined) return { recipe: recipe.name, recognition };
  }
  return undefined;
}

/** What could not be read may be what was meant. */
const mostNotes = 5;

/** Why nothing is adapted where no agent is used either. */
export async function nothingRecognised(recipes: readonly Recipe[], request: AdaptRequest): Promise<BerthError> {
  const { setting, facts, entry, solution, round } = request;
  const looked = recipes.map(({ name }) => name).join(', ') || 'none';
  const found = listCallables(facts);
  const candidates = await findServable(recipes, request);
  const message =
    entry === undefined
      ? `no recipe of the strategy “${setting.strategy}” recognises what to call, and no coding agent is used`
      : `the entry ${entry} is nothing that the strategy “${setting.strategy}” can call`;
  const evidence = [
    `recipes asked: ${looked}`,
    found.length === 0 ? 'callables found: none' : `callables found: ${found.join(', ')}`,
    ...facts.notes.slice(0, mostNotes),
  ];
  const advice = round.agents.length === 0 ? '' : `; ${howToGetAnAgent}`;
  return new BerthError('ENTRY_NOT_FOUND', `${message} (recipes asked: ${looked})${advice}`, {
    path: solution.path,
    candidates,
    evidence: evidence.join('\n'),
  });
}

/** Those of the callables that the recipes take when they are named: what is proposed works. */
export async function findServable(
  recipes: readonly Recipe[],
  { workspace, facts }: Pick<RecipeInput, 'workspace' | 'facts'>,
): Promise<string[]> {
  const names = listCallables(facts);
  const isTaken = (entry: string) =>
    recogniseBy(recipes, { workspace, facts, entry }).then(
      (recognition) => recognition !== undefined,
      () => false,
    );
  const taken = await Promise.all(names.map(isTaken));
  return names.filter((_, index) => taken[index]);
}

const listCallables = ({ entryPoints }: Facts): string[] =>
  entryPoints.slice(0, 10).map(({ module, callable }) => `${module}:${callable}`);

/** For a person on whose machine none can be used. */
export const howToGetAnAgent =
  'a coding agent could adapt it: install one or set its key, `berth doctor` says what each lacks';
