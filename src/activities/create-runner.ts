import { resolveEnvironment } from '../secrets/index.js';
import { Ledger } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { describeRevision, planRevision, type RevisionInput } from './plan.js';
import { step } from './step.js';

/** Starts a revision. Entered in the ledger first; secrets are opened here and handed to the runner alone. */
export const createRunner = ({ home, registry }: Dependencies) =>
  step(async (input: RevisionInput, context) => {
    const { config, setting } = input;
    const plan = await planRevision(home, input);
    const reference = registry.getRunnerModule(setting.strategy);
    const env = await resolveEnvironment(home, config.env);
    await new Ledger(home, config.name).enter({
      id: `runner-${plan.revision}`,
      kind: 'runner',
      plan,
      runner: reference,
    });
    const Runner = await registry.getRunnerClass(setting.strategy);
    const runner = new Runner(plan);
    try {
      return await runner.start({ env, ...context });
    } finally {
      await runner.close();
    }
  }, describeRevision);
