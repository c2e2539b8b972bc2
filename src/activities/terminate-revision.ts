import { loadRunnerClass } from '../runners/load-runner.js';
import { Ledger } from '../workspaces/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

/** Ends all processes that an interrupted start of the revision may have left; keeps its files. */
export const terminateRevision = ({ home }: Dependencies) =>
  step(
    async ({ name, revision }: { name: string; revision: string }) => {
      const effect = await new Ledger(home, name).findRunner(revision);
      if (effect === undefined) return;
      const Runner = await loadRunnerClass(effect.runner);
      await new Runner(effect.plan).stop();
    },
    ({ name }) => ({ name }),
  );
