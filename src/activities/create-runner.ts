import { resolveEnvironment } from '../secrets/index.js';
import type { Dependencies } from './support/dependencies.js';
import { describeRevision, prepareRunPlan, type RevisionInput } from './support/prepare-run-plan.js';
import { type StepContext, step } from './support/step.js';
import { withFailureExplanation } from './support/with-failure-explanation.js';
import { withRedactedSecrets } from './support/with-redacted-secrets.js';

/** Starts a revision. Only the runner receives the opened secrets. */
export const createRunner = (dependencies: Dependencies) =>
  step(
    withRedactedSecrets(dependencies, async (input: RevisionInput, context: StepContext) => {
      const { home, registry } = dependencies;
      const plan = await prepareRunPlan(dependencies, input);
      const env = await resolveEnvironment(home, input.config.env);
      const Runner = await registry.getRunnerClass(plan.strategy);
      const runner = new Runner(plan);
      try {
        const { config, revision } = input;
        return await withFailureExplanation({ config, code: revision.directory }, () =>
          runner.start({ env, ...context }),
        );
      } finally {
        await runner.close();
      }
    }),
    describeRevision,
  );
