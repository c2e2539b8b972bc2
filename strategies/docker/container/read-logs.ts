import type { RunPlan } from '../../../src/contract/handle.js';
import { readLog } from '../../../src/processes/log-file.js';
import type { LogOptions } from '../../../src/runners/runner.js';
import type { DockerHandle } from '../docker-handle.js';
import { findLogContainer } from './revision-engine.js';

/** Yields the log file, which has the builds and the output of earlier containers, then the container's own output. */
export async function* readLogs(
  plan: RunPlan,
  handle: DockerHandle | undefined,
  options: LogOptions,
): AsyncIterable<string> {
  const { tail } = options;
  const container = await findLogContainer(plan, handle);
  if (container === undefined) return yield* readLog(plan.logFile, options);
  const { readContainerLog } = await import('../../../src/runners/containers/index.js');
  if (tail === undefined) yield* readLog(plan.logFile);
  else if (tail > 0) {
    let printed = 0;
    for await (const _ of readContainerLog(container, { tail })) printed += 1;
    if (printed < tail) yield* readLog(plan.logFile, { tail: tail - printed });
  }
  yield* readContainerLog(container, options);
}
