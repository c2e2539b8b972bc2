import type { Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import type { Recipe, RecipeInput, Recognition } from '../../registry/recipe.js';
import { requireReadableManifest } from '../require-readable-manifest.js';
import { findEntry } from './find-entry.js';
import { describeFunction, recognizeUnchanged, type Target } from './function-interface.js';

/** A class or function that `cog.yaml` names as its predictor, called by Cog's rules. */
export const cogPredictor: Recipe = {
  name: 'cog',
  async recognize(input) {
    const { facts, entry } = input;
    if (entry !== undefined) return undefined;
    const written = findPredictor(facts);
    if (written === undefined) return requireReadableManifest(facts, 'cog');
    return describeCog(facts, await findCogEntry(written, input));
  },
};

/** Finds the predictor that `cog.yaml` names; undefined if the facts do not contain it. */
export function findCogTarget(facts: Facts): Target | undefined {
  const written = findPredictor(facts);
  if (written === undefined) return undefined;
  const [file, callable] = written.split(':');
  const entry = facts.entryPoints.find((candidate) => candidate.file === file && candidate.callable === callable);
  return entry && { entry };
}

/** Returns true if an entry names the predictor of `cog.yaml`. */
export const isCogEntry = (entry: string, facts: Facts): boolean =>
  findPredictor(facts) === entry.trim().replace(/^\.\//, '');

export function describeCog(facts: Facts, target: Target): Recognition {
  const { entry, isUnlisted } = target;
  const called = entry.kind === 'class' ? `${entry.callable}.predict` : entry.callable;
  // Only names, because each default is a long `Input(…)`.
  const signature = isUnlisted ? called : `${called}(${entry.parameters.map(({ name }) => name).join(', ')})`;
  const environment = listEnvironment(facts);
  const runInterface = { ...describeFunction(target, 'cog'), ...(environment.length > 0 && { environment }) };
  return recognizeUnchanged(`recognized the Cog predictor \`${signature}\` in ${entry.file}`, runInterface);
}

/** Reads `predict: "predict.py:Predictor"`; newer versions of Cog call the key `run`. */
function findPredictor({ cog, entryPoints }: Facts): string | undefined {
  const written = [cog?.predict, cog?.run].find((value) => typeof value === 'string')?.replace(/^\.\//, '');
  if (!written?.endsWith('.py')) return written;
  // As in Cog, a file without a name means its `Runner`, or else its `Predictor`.
  const hasRunner = entryPoints.some(({ file, callable }) => file === written && callable === 'Runner');
  return `${written}:${hasRunner ? 'Runner' : 'Predictor'}`;
}

/** Lists `environment:` of `cog.yaml`, in the form `NAME=VALUE`, and the variable that Cog sets for `concurrency: { max: 4 }`. */
function listEnvironment({ cog }: Facts): string[] {
  const variables = Array.isArray(cog?.environment) ? cog.environment.filter((item) => typeof item === 'string') : [];
  const max = (cog?.concurrency as { max?: unknown } | null | undefined)?.max; // the user's YAML may have any shape
  return Number.isInteger(max) ? [...variables, `COG_MAX_CONCURRENCY=${max}`] : variables;
}

async function findCogEntry(written: string, input: RecipeInput): Promise<Target> {
  try {
    return await findEntry(written, input);
  } catch (error) {
    if (!(error instanceof BerthError) || error.code === 'PYTHON_SYNTAX') throw error;
    const message = error.message.replace(`--entry ${written}`, `predict: "${written}"`);
    throw new BerthError(
      'ENTRY_NOT_FOUND',
      `cog.yaml: ${message}`,
      { ...error.details, file: 'cog.yaml' },
      { cause: error },
    );
  }
}
