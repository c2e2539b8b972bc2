import { resolveEnvironment } from '../secrets/index.js';
import type { Dependencies } from './dependencies.js';
import { describeRevision, prepareRunPlan, type RevisionInput } from './prepare-run-plan.js';
import { type StepContext, step } from './step.js';
import { withFailureExplanation } from './with-failure-explanation.js';
import { withRedactedSecrets } from './with-redacted-secrets.js';

/** Starts a revision. Its secrets are opened here and handed to the runner alone. */
export const createRunner = (dependencies: Dependencies) =>
  step(
    withRedactedSecrets(dependencies, async (input: RevisionInput, stepContext: StepContext) => {
      const { home, registry } = dependencies;
      const plan = await prepareRunPlan(dependencies, input);
      const env = await resolveEnvironment(home, input.config.env);
      const Runner = await registry.getRunnerClass(plan.strategy);
      const runner = new Runner(plan);
      try {
        const { config, revision } = input;
        return await withFailureExplanation({ config, code: revision.directory }, () =>
          runner.start({ env, ...stepContext }),
        );
      } finally {
        await runner.close();
      }
    }),
    describeRevision,
  );
