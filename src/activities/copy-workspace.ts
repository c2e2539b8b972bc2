import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { type BerthHome, berthHome, deploymentDirectory } from '../home/home.js';
import type { SelectionExchange } from '../selection/index.js';
import { archiveWorkspace, copySource, Ledger, setWorkspaceOwner, withPruneLock } from '../workspaces/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

interface CopyInput {
  name: string;
  /** Revision that the copy is for. */
  revision: string;
  source: string;
  /** Questions and answers of the model that selected the strategy, stored with the deployment. */
  exchanges: SelectionExchange[];
}

/** Copies the source into the deployment's workspace, a separate git repository. Only reads the source. */
export const copyWorkspace = ({ home, deployments }: Dependencies) =>
  step(
    async ({ name, revision, source, exchanges }: CopyInput) => {
      const { root, workspace, revisions } = deploymentDirectory(home, name);
      await openLedger(home, deployments.id, name);
      await archiveWorkspace({ workspace, revisions, except: revision });
      const copy = await copySource({ source, workspace });
      await setWorkspaceOwner(workspace, revision);
      if (exchanges.length > 0)
        await writeDurably(join(root, 'selection.json'), JSON.stringify(exchanges, undefined, 2));
      return copy;
    },
    ({ name, source }) => ({ name, path: source }),
  );

/** Records the deployment's directory and processes before any of them exists, so that a cleanup finds them. */
async function openLedger(home: BerthHome, server: string, name: string): Promise<void> {
  const { root } = deploymentDirectory(home, name);
  const ledger = new Ledger(home, name);
  await withPruneLock(home, async () => {
    await ledger.recordServer(server);
    await ledger.enter({ id: 'deployment', kind: 'directory', path: root });
    const { root: realRoot } = deploymentDirectory(berthHome(await realpath(home.root)), name);
    await ledger.enter({ id: 'processes', kind: 'processes', directories: [...new Set([root, realRoot])] });
  });
}
