import type { Handle } from '../contract/handle.js';
import { readActiveRevision, writeActiveRevision } from '../runners/active-revision.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Ends a revision's processes, proven. Callers are told first, so that they get an answer and not a broken socket. */
export const stopRunner = ({ home, registry }: Dependencies) =>
  step(
    async ({ name, handle }: { name: string; handle: Handle }) => {
      const active = await readActiveRevision(home, name);
      if (active?.revision === handle.plan.revision) await writeActiveRevision(home, { ...active, isStopped: true });
      const Runner = await registry.getRunnerClass(handle.plan.strategy);
      const runner = new Runner(handle.plan);
      await runner.attach(handle);
      await runner.stop();
      await runner.close();
    },
    ({ name }) => ({ name }),
  );
