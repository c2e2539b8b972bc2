import { join } from 'node:path';
import type { Resources } from '../../src/contract/resources.js';
import { type BerthHome, revisionDirectory } from '../../src/home.js';
import { builtInStrategies, packageRoot } from '../../src/package-root.js';
import { writeActiveRevision } from '../../src/runners/active-revision.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { localPlan } from '../strategies/local-plan.js';
import { atTheEnd } from './temporary.js';

/** The runner as these tests load it, and as the built command does. */
export const runnerModules = {
  source: join(builtInStrategies, 'local', 'runner.ts'),
  built: join(packageRoot, 'dist', 'strategies', 'local', 'runner.js'),
};

/** Serves a revision as a worker does, and has callers reach it: calls need no workflow. */
export async function publish(
  home: BerthHome,
  { deployment = 'demo', revision = 'r1', module = runnerModules.source, app = '', resources = {} as Resources },
) {
  const { root } = revisionDirectory(home, deployment, revision);
  const runner = new LocalRunner(localPlan(root, { 'app.py': app }, { deployment, revision, resources }));
  atTheEnd(() => runner.undo());
  const handle = await runner.start({ env: {} });
  const record = { deployment, revision, handle, isStopped: false, runner: { module, className: 'LocalRunner' } };
  await writeActiveRevision(home, record);
  return record;
}
