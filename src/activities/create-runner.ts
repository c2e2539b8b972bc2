import { resolveEnvironment } from '../secrets/index.js';
import type { Dependencies } from './dependencies.js';
import { explainingFailures } from './explain-failure.js';
import { keepingSecrets } from './keep-secrets.js';
import { describeRevision, planRevision, type RevisionInput } from './plan.js';
import { type StepContext, step } from './step.js';

/** Starts a revision. Its secrets are opened here and handed to the runner alone. */
export const createRunner = (dependencies: Dependencies) =>
  step(
    keepingSecrets(dependencies, async (input: RevisionInput, context: StepContext) => {
      const { home, registry } = dependencies;
      const plan = await planRevision(dependencies, input);
      const env = await resolveEnvironment(home, input.config.env);
      const Runner = await registry.getRunnerClass(plan.strategy);
      const runner = new Runner(plan);
      try {
        const { config, revision } = input;
        return await explainingFailures({ config, code: revision.directory }, () => runner.start({ env, ...context }));
      } finally {
        await runner.close();
      }
    }),
    describeRevision,
  );
