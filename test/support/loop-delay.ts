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

/** Times that a task is measured at most. */
const attempts = 3;

/**
 * The longest time, in milliseconds, that `task` held the event loop before a timer that was due could run. What takes longer
 * than `enough` is measured again: the heap of a test run is large, and collecting it holds the loop, too, but not each time.
 */
export async function measureLoopDelay<Result>(
  task: () => Promise<Result>,
  enough = 100,
): Promise<{ delay: number; result: Result }> {
  let best = await measureOnce(task);
  for (let attempt = 1; attempt < attempts && best.delay >= enough; attempt += 1) {
    const again = await measureOnce(task);
    if (again.delay < best.delay) best = again;
  }
  return best;
}

async function measureOnce<Result>(task: () => Promise<Result>): Promise<{ delay: number; result: Result }> {
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
