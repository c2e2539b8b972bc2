import { readActiveRevision, writeActiveRevision } from '../calls/active-revision.js';
import type { Handle } from '../contract/handle.js';
import type { RunnerClass } from '../runners/runner.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

/** Stops the software of a revision. Marks it as stopped first, so that callers get an answer and no broken socket. */
export const stopRunner = ({ home, registry }: Dependencies) =>
  step(
    async ({ name, handle }: { name: string; handle: Handle }) => {
      const active = await readActiveRevision(home, name);
      const isReached = active?.revision === handle.plan.revision;
      if (isReached) await writeActiveRevision(home, { ...active, isStopped: true });
      try {
        await attachAndStop(await registry.getRunnerClass(handle.plan.strategy), handle);
      } catch (error) {
        // Software that could not be stopped keeps serving its callers.
        if (isReached) await writeActiveRevision(home, active);
        throw error;
      }
    },
    ({ name }) => ({ name }),
  );

async function attachAndStop(Runner: RunnerClass, handle: Handle): Promise<void> {
  const runner = new Runner(handle.plan);
  await runner.attach(handle);
  await runner.stop();
  await runner.close();
}
