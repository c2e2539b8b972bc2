import { loadRunnerClass } from '../runners/load-runner.js';
import { Ledger, undoEffects } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Undoes whatever the ledger says may exist, newest first, each proven gone before it is struck out. */
export const undoDeployment = ({ home }: Dependencies) =>
  step(
    async ({ name }: { name: string }) => {
      const ledger = new Ledger(home, name);
      await undoEffects({
        ledger,
        undo: async ({ plan, runner }) => {
          const Runner = await loadRunnerClass(runner);
          await new Runner(plan).undo();
        },
      });
    },
    ({ name }) => ({ name }),
  );
