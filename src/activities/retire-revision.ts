import { setTimeout as sleep } from 'node:timers/promises';
import { readCallCounts } from '../calls/call-counter.js';
import type { Handle } from '../contract/handle.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

interface RetireInput {
  name: string;
  handle: Handle;
  /** Seconds that running calls have to finish. */
  drain: number;
}

/** Milliseconds. */
const pollInterval = 20;

/**
 * Stops a replaced revision after its last call. A caller counts its call before it checks that the revision is still
 * active, so no uncounted call can reach it.
 */
export const retireRevision = ({ registry }: Dependencies) =>
  step(
    async ({ handle, drain }: RetireInput, { signal, onProgress }) => {
      const unfinished = await waitForCalls(handle.plan.stateDirectory, drain, { signal, onProgress });
      const Runner = await registry.getRunnerClass(handle.plan.strategy);
      const runner = new Runner(handle.plan);
      await runner.attach(handle);
      await runner.stop();
      await runner.close();
      return { unfinished };
    },
    ({ name }) => ({ name }),
  );

/** Returns the number of calls that still run when the time is up. */
async function waitForCalls(
  stateDirectory: string,
  seconds: number,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (line: string) => void },
): Promise<number> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const { running } = await readCallCounts(stateDirectory);
    if (running === 0 || Date.now() >= deadline) return running;
    onProgress(`${running} calls still run`);
    await sleep(pollInterval);
  }
}
