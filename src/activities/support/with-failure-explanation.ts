import { explainMissing, findMissing } from '../../adaptation/index.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { Facts } from '../../contract/facts.js';
import { BerthError } from '../../errors.js';
import { gatherFacts } from '../../facts/index.js';

export interface FailureContext {
  config: Pick<DeployConfig, 'solution' | 'env'>;
  /** The revision's code. */
  code: string;
  /** Facts about the code, if the caller has them. */
  facts?: Facts;
}

/** Runs an action that starts or calls the software. Its error names the files and variables that are missing. */
export async function withFailureExplanation<Result>(
  step: FailureContext,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof BerthError)) throw thrown;
    throw await explainMissing(thrown, () => gatherSurroundings(step));
  }
}

/** Returns a function that finds missing files and variables in an exception's text, for calls that do not throw. */
export const createMissingFinder =
  (step: FailureContext) =>
  async (text: string): Promise<string[]> =>
    await findMissing(text, await gatherSurroundings(step));

const gatherSurroundings = async ({ config, code, facts }: FailureContext) => ({
  source: config.solution.path,
  code,
  facts: facts ?? (await gatherFacts(code)),
  variables: config.env.map(({ name }) => name),
});
