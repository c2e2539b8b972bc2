import { join } from 'node:path';
import { writeActiveRevision } from '../../src/calls/active-revision.js';
import type { Resources } from '../../src/contract/resources.js';
import { type BerthHome, revisionDirectory } from '../../src/home/home.js';
import { builtInStrategiesDirectory, packageRoot } from '../../src/home/package-root.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { createLocalPlan } from '../strategies/local-plan.js';
import { registerCleanup } from './temporary-directories.js';

/** References to the runner for these tests and for the built command. */
export const runnerModules = {
  source: join(builtInStrategiesDirectory, 'local', 'runner.ts'),
  built: join(packageRoot, 'dist', 'strategies', 'local', 'runner.js'),
};

/** Starts a revision like a worker and publishes it; calls need no workflow. */
export async function publishRevision(
  home: BerthHome,
  { deployment = 'demo', revision = 'r1', module = runnerModules.source, app = '', resources = {} as Resources },
) {
  const { root } = revisionDirectory(home, deployment, revision);
  const runner = new LocalRunner(createLocalPlan(root, { 'app.py': app }, { deployment, revision, resources }));
  registerCleanup(() => runner.undo());
  const handle = await runner.start({ env: {} });
  const record = { deployment, revision, handle, isStopped: false, runner: { module, className: 'LocalRunner' } };
  await writeActiveRevision(home, record);
  return record;
}
