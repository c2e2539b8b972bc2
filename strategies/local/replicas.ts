import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { readLog } from '../../src/processes/log-file.js';
import type { Health, LogOptions } from '../../src/runners/runner.js';

/**
 * Returns a plan for each process of the revision. The first uses the revision's own state and log, the others their
 * own.
 */
export function planReplicas(plan: RunPlan): RunPlan[] {
  const { stateDirectory, logFile, resources } = plan;
  const others = Array.from({ length: (resources.replicas ?? 1) - 1 }, (_, index) => index + 2);
  return [
    plan,
    ...others.map((number) => ({
      ...plan,
      stateDirectory: join(stateDirectory, 'replicas', String(number)),
      logFile: logFile.replace(/(\.log)?$/, `.replica-${number}$1`),
    })),
  ];
}

/**
 * Combines the health of replicas: ready when all are; `gone` when one is gone, so that it is started again while the
 * others serve.
 */
export function combineHealth(replicas: Health[]): Health {
  const [first] = replicas;
  if (replicas.length === 1 && first !== undefined) return first;
  const worst = replicas.find(({ state }) => state === 'gone') ?? replicas.find(({ isHealthy }) => !isHealthy);
  const details = replicas.map(({ detail }, index) => `replica ${index + 1}: ${detail}`);
  if (worst === undefined) return { isHealthy: true, state: 'ready', detail: details.join('; ') };
  const readyCount = replicas.filter(({ isHealthy }) => isHealthy).length;
  return { ...worst, detail: `${readyCount} of ${replicas.length} replicas serve; ${details.join('; ')}` };
}

/** Yields the lines of all logs, each with its replica's name. `tail` counts the lines of each log. */
export async function* readReplicaLogs(files: string[], options: LogOptions = {}): AsyncIterable<string> {
  const sources = files.map((file, index) => prefixLines(readLog(file, options), `replica ${index + 1}: `));
  if (!options.follow) {
    for (const source of sources) yield* source;
    return;
  }
  const pending = new Map(sources.map((source) => [source, source.next()]));
  while (pending.size > 0) {
    const [source, { done, value }] = await Promise.race(
      [...pending].map(async ([one, next]) => [one, await next] as const),
    );
    if (done) pending.delete(source);
    else {
      pending.set(source, source.next());
      yield value;
    }
  }
}

async function* prefixLines(lines: AsyncIterable<string>, prefix: string): AsyncGenerator<string, undefined> {
  for await (const line of lines) yield prefix + line;
  return undefined;
}
