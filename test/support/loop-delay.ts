import { readFileSync } from 'node:fs';
import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/**
 * Returns the CPU milliseconds of the main thread, because on a busy machine a timer is late even if nothing blocks the
 * event loop. Falls back to the clock if the system does not report them.
 */
function timeWorked(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** Interval without timers. `worked` is in milliseconds, `from` and `to` are of `performance.now()`. */
interface Gap {
  from: number;
  to: number;
  worked: number;
}

/** Maximum measurements of a task. */
const attempts = 3;

/**
 * Returns the longest block of the event loop by `task` in milliseconds, without garbage collection, which takes long in
 * the large heap of a test run. Repeats a task that takes more than `enough`, because the first run also compiles code.
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
  const gaps: Gap[] = [];
  const collections: PerformanceEntry[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  let last = { at: performance.now(), worked: timeWorked() };
  const look = () => {
    const now = { at: performance.now(), worked: timeWorked() };
    gaps.push({ from: last.at, to: now.at, worked: now.worked - last.worked });
    last = now;
  };
  const timer = setInterval(look, 1);
  try {
    const result = await task();
    look();
    await setTimeout(20); // Node.js reports a collection some turns of the loop later.
    collections.push(...observer.takeRecords());
    return { delay: Math.max(...gaps.map((gap) => gap.worked - sumPauses(gap, collections))), result };
  } finally {
    clearInterval(timer);
    observer.disconnect();
  }
}

function sumPauses({ from, to }: Gap, collections: PerformanceEntry[]): number {
  let paused = 0;
  for (const { startTime, duration } of collections) {
    paused += Math.max(0, Math.min(to, startTime + duration) - Math.max(from, startTime));
  }
  return paused;
}
