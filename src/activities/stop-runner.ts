import { readActiveRevision, writeActiveRevision } from '../calls/active-revision.js';
import type { Handle } from '../contract/handle.js';
import type { RunnerClass } from '../runners/runner.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Ends a revision's processes, proven. Callers are told first, so that they get an answer and not a broken socket. */
export const stopRunner = ({ home, registry }: Dependencies) =>
  step(
    async ({ name, handle }: { name: string; handle: Handle }) => {
      const active = await readActiveRevision(home, name);
      const isReached = active?.revision === handle.plan.revision;
      if (isReached) await writeActiveRevision(home, { ...active, isStopped: true });
      try {
        await attachAndStop(await registry.getRunnerClass(handle.plan.strategy), handle);
      } catch (error) {
        // What could not be ended goes on as it was, and callers go on reaching it.
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
