import { rm } from 'node:fs/promises';
import { deploymentDirectory, revisionDirectory } from '../home.js';
import { loadRunnerClass } from '../runners/load-runner.js';
import { bringWorkspaceBack, Ledger, removeTree } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Undoes one revision, outside first: its runner knows what it made through the revision's own directories. */
export const discardRevision = ({ home }: Dependencies) =>
  step(
    async ({ name, revision }: { name: string; revision: string }) => {
      const ledger = new Ledger(home, name);
      const effect = await ledger.findRunner(revision);
      if (effect !== undefined) {
        const Runner = await loadRunnerClass(effect.runner);
        await new Runner(effect.plan).undo();
        await ledger.settle(effect.id);
      }
      const { workspace, revisions } = deploymentDirectory(home, name);
      const { root, log, trialLog } = revisionDirectory(home, name, revision);
      await bringWorkspaceBack({ workspace, revisions, from: revision });
      await Promise.all([removeTree(root), rm(log, { force: true }), rm(trialLog, { force: true })]);
    },
    ({ name }) => ({ name }),
  );
