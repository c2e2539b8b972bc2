import { explainMissing } from '../adaptation/index.js';
import type { DeployConfig } from '../contract/config.js';
import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import { gatherFacts } from '../selection/index.js';

export interface FailingStep {
  config: Pick<DeployConfig, 'solution' | 'env'>;
  /** The revision's code. */
  code: string;
  /** Of the revision, where they are at hand. */
  facts?: Facts;
}

/** Runs what starts or calls the software; a failure says what the software misses that the copy left out. */
export async function explainingFailures<Result>(step: FailingStep, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (thrown) {
    if (!(thrown instanceof BerthError)) throw thrown;
    const { config, code } = step;
    throw await explainMissing(thrown, async () => ({
      source: config.solution.path,
      code,
      facts: step.facts ?? (await gatherFacts(code)),
      variables: config.env.map(({ name }) => name),
    }));
  }
}
