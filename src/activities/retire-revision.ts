import { setTimeout as sleep } from 'node:timers/promises';
import { readCallCounts } from '../calls/call-counter.js';
import type { Handle } from '../contract/handle.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface RetireInput {
  name: string;
  handle: Handle;
  /** Seconds that calls under way have to finish. */
  drain: number;
}

const pollInterval = 20;

/**
 * Ends a revision that callers have left. Each of its calls was counted before it looked whether the revision still is
 * the active one, so none that is not counted here can still reach it.
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

/** How many calls are left when the time is up. */
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
    onProgress(`${running} calls to finish`);
    await sleep(pollInterval);
  }
}
