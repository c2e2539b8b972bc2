import type { DeployConfig } from '../contract/deploy-config.js';
import type { Handle } from '../contract/handle.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { claimFirstReport } from '../runners/claim-first-report.js';
import type { Runner } from '../runners/runner.js';
import { redact, resolveEnvironment } from '../secrets/index.js';

export interface ArchiveContext {
  home: BerthHome;
  handle: Handle;
  env: DeployConfig['env'];
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Builds the archive of a running revision if its runner has one. A failure is logged once and has no other effect. */
export async function archiveRunner(runner: Runner, { home, handle, env, log, signal }: ArchiveContext): Promise<void> {
  if (runner.archive === undefined) return;
  let variables: Record<string, string> = {};
  try {
    variables = await resolveEnvironment(home, env);
    await runner.archive({ env: variables, signal });
  } catch (error) {
    if (signal.aborted) return;
    const { deployment, revision, stateDirectory } = handle.plan;
    const reason = redact(BerthError.from(error).message, Object.values(variables));
    if (await claimFirstReport(stateDirectory, 'archive', reason))
      log(`cannot archive ${deployment} ${revision}: ${reason}`);
  }
}
