import type { BerthHome } from '../home/home.js';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { RunnerEffect } from '../workspaces/effect.js';
import { Ledger, undoEffects } from '../workspaces/index.js';

/**
 * Undoes everything in a deployment's ledger, newest first, and verifies that it is gone.
 *
 * @throws UNDO_INCOMPLETE when a resource remains. The message names it.
 */
export const undoDeploymentEffects = (home: BerthHome, name: string): Promise<void> =>
  undoEffects({ ledger: new Ledger(home, name), undo: undoRunner });

export async function undoRunner({ plan, runner }: RunnerEffect): Promise<void> {
  const Runner = await loadRunnerClass(runner);
  await new Runner(plan).undo();
}
