import { setTimeout as sleep } from 'node:timers/promises';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Handle } from '../contract/handle.js';
import type { BerthHome } from '../home/home.js';
import type { StrategyRegistry } from '../registry/index.js';
import { archiveRunner } from './archive-runner.js';
import { BakeJudge } from './bake-judge.js';
import type { Bake, SupervisionEvent } from './supervision-event.js';
import { watchHealth } from './watch-health.js';

/** Milliseconds that an archive has to end after the watch; the stop of the software ends one that takes longer. */
const archiveTimeout = 2_000;

export interface SupervisionInput {
  handle: Handle;
  env: DeployConfig['env'];
  /** Null for a revision that has passed its bake. */
  bake: Bake | null;
  /** ISO 8601, the latest time to return; null to return after some hours. */
  until: string | null;
}

interface SupervisionContext {
  home: BerthHome;
  registry: StrategyRegistry;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Watches a running revision until something happens, and archives it meanwhile, so that no caller waits for that. */
export async function superviseRevision(
  { handle, env, bake, until }: SupervisionInput,
  { home, registry, log, signal }: SupervisionContext,
): Promise<SupervisionEvent> {
  const Runner = await registry.getRunnerClass(handle.plan.strategy);
  const runner = new Runner(handle.plan);
  const watchEnded = new AbortController();
  let archiving: Promise<void> | undefined;
  try {
    await runner.attach(handle);
    archiving = archiveRunner(runner, { home, handle, env, log, signal: watchEnded.signal });
    const judge = bake === null ? undefined : new BakeJudge(home, handle.plan, bake);
    return await watchHealth(runner, handle, { signal, judge, until });
  } finally {
    watchEnded.abort();
    await Promise.race([archiving, sleep(archiveTimeout, undefined, { ref: false })]);
    await runner.close();
  }
}
