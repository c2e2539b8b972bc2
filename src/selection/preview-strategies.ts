import { type AdaptationPreview, previewAdaptation } from '../adaptation/preview-adaptation.js';
import { BerthError } from '../errors.js';
import type { StrategyRegistry } from '../registry/index.js';
import type { SelectionContext } from './decide.js';

export interface PreviewOptions {
  registry: StrategyRegistry;
  /** The callable that the user named with `--entry`. */
  entry: string | undefined;
}

/** Previews what each of these strategies would call, from the user's own directory. */
export async function previewStrategies(
  strategies: readonly string[],
  { solution, facts }: Pick<SelectionContext, 'solution' | 'facts'>,
  { registry, entry }: PreviewOptions,
): Promise<{ strategy: string; preview: AdaptationPreview }[]> {
  const input = { workspace: solution.path, facts, ...(entry !== undefined && { entry }) };
  return await Promise.all(
    strategies.map(async (strategy) => ({ strategy, preview: await previewAdaptation(registry, strategy, input) })),
  );
}

/** Narrows the candidates of a STRATEGY_UNDECIDED error to strategies whose recipes recognize the repository, if any do. */
export async function narrowUndecided(
  error: unknown,
  context: SelectionContext,
  options: PreviewOptions,
): Promise<unknown> {
  if (!(error instanceof BerthError) || error.code !== 'STRATEGY_UNDECIDED') return error;
  const previews = await previewStrategies(error.details.candidates ?? [], context, options);
  const candidates = previews.flatMap(({ strategy, preview }) => (preview.kind === 'recognized' ? [strategy] : []));
  const [strategy] = candidates;
  if (strategy === undefined) return error;
  return new BerthError(error.code, error.message, { ...error.details, strategy, candidates }, { cause: error });
}
