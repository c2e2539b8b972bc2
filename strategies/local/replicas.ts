import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { readLog } from '../../src/processes/log-file.js';
import type { Health, LogOptions } from '../../src/runners/runner.js';

/** A plan for each process of the revision: the first has the revision's own state and log, the others have theirs. */
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

/** Of several: well when all are; `gone` as soon as one is, so that it is started again while the others serve. */
export function combineHealth(found: Health[]): Health {
  const [first] = found;
  if (found.length === 1 && first !== undefined) return first;
  const worst = found.find(({ state }) => state === 'gone') ?? found.find(({ isHealthy }) => !isHealthy);
  const details = found.map(({ detail }, index) => `replica ${index + 1}: ${detail}`);
  if (worst === undefined) return { isHealthy: true, state: 'ready', detail: details.join('; ') };
  const well = found.filter(({ isHealthy }) => isHealthy).length;
  return { ...worst, detail: `${well} of ${found.length} replicas serve; ${details.join('; ')}` };
}

/** Lines of all, each with its replica's name; `tail` counts those of each. */
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
