import type { Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import type { Recipe, RecipeInput, Recognition } from '../../registry/recipe.js';
import { requireReadableManifest } from '../require-readable-manifest.js';
import { findEntry } from './find-entry.js';
import { describeFunction, recognizeAsIs, type Target } from './function-interface.js';

/** A predictor that `cog.yaml` names, class or function, called by Cog's rules. */
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

/** What `cog.yaml` names, if it names something that is there. */
export function findCogTarget(facts: Facts): Target | undefined {
  const written = findPredictor(facts);
  if (written === undefined) return undefined;
  const [file, callable] = written.split(':');
  const entry = facts.entryPoints.find((candidate) => candidate.file === file && candidate.callable === callable);
  return entry && { entry };
}

/** Whether an entry names what `cog.yaml` names. */
export const isCogEntry = (written: string, facts: Facts): boolean =>
  findPredictor(facts) === written.trim().replace(/^\.\//, '');

export function describeCog(facts: Facts, target: Target): Recognition {
  const { entry, isUnseen } = target;
  const called = entry.kind === 'class' ? `${entry.callable}.predict` : entry.callable;
  // Names only: each default is a whole `Input(…)`.
  const signature = isUnseen ? called : `${called}(${entry.parameters.map(({ name }) => name).join(', ')})`;
  const environment = listEnvironment(facts);
  const runInterface = { ...describeFunction(target, 'cog'), ...(environment.length > 0 && { environment }) };
  return recognizeAsIs(`recognized the Cog predictor \`${signature}\` in ${entry.file}`, runInterface);
}

/** `predict: "predict.py:Predictor"`; newer versions of Cog call the key `run`. */
function findPredictor({ cog, entryPoints }: Facts): string | undefined {
  const written = [cog?.predict, cog?.run].find((value) => typeof value === 'string')?.replace(/^\.\//, '');
  if (!written?.endsWith('.py')) return written;
  // A file alone means its `Runner`, and where there is none its `Predictor`, as for Cog.
  const hasRunner = entryPoints.some(({ file, callable }) => file === written && callable === 'Runner');
  return `${written}:${hasRunner ? 'Runner' : 'Predictor'}`;
}

/** `environment:` of `cog.yaml`, a list of `NAME=VALUE`, and what Cog makes of `concurrency: { max: 4 }`. */
function listEnvironment({ cog }: Facts): string[] {
  const written = Array.isArray(cog?.environment) ? cog.environment.filter((item) => typeof item === 'string') : [];
  const most = (cog?.concurrency as { max?: unknown } | null | undefined)?.max; // the user's own YAML, read with care
  return Number.isInteger(most) ? [...written, `COG_MAX_CONCURRENCY=${most}`] : written;
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
