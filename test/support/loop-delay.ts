import { readFileSync } from 'node:fs';

/**
 * Milliseconds that the main thread has worked: on a machine that does other things beside, a timer is late also where
 * nothing blocks the event loop. Where the system does not say, the clock has to do.
 */
function timeWorked(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** The longest time, in milliseconds, that `task` held the event loop before a timer that was due could run. */
export async function measureLoopDelay<Result>(
  task: () => Promise<Result>,
): Promise<{ delay: number; result: Result }> {
  let delay = 0;
  let last = timeWorked();
  const look = () => {
    const now = timeWorked();
    delay = Math.max(delay, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  try {
    const result = await task();
    look();
    return { delay, result };
  } finally {
    clearInterval(timer);
  }
}
