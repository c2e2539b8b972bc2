import { rm } from 'node:fs/promises';
import { type BerthHome, deploymentDirectory, revisionDirectory } from '../home/home.js';
import { Ledger, removeTree, restoreWorkspace, touch } from '../workspaces/index.js';
import { undoRunner } from './undo-deployment-effects.js';

/** Undoes a revision. The runner comes first, because it finds its resources through the revision's directories. */
export async function undoRevision(home: BerthHome, name: string, revision: string): Promise<void> {
  const ledger = new Ledger(home, name);
  const runner = await ledger.findRunner(revision);
  if (runner !== undefined) {
    await undoRunner(runner);
    await ledger.settle(runner.id);
  }
  const { workspace, revisions } = deploymentDirectory(home, name);
  const { root, log, trialLog } = revisionDirectory(home, name, revision);
  await restoreWorkspace({ workspace, revisions, from: revision });
  await Promise.all([removeTree(root), rm(log, { force: true }), rm(trialLog, { force: true })]);
  const environment = await ledger.findEnvironment(revision);
  if (environment === undefined) return;
  await touch(environment.path);
  await ledger.settle(environment.id);
}
