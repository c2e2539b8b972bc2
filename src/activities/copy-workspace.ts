import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { type BerthHome, berthHome, deploymentDirectory } from '../home/home.js';
import type { SelectionExchange } from '../selection/index.js';
import { archiveWorkspace, copySource, Ledger, setWorkspaceOwner, withPruneLock } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface CopyInput {
  name: string;
  /** Which the copy is to become. */
  revision: string;
  source: string;
  /** What a model was asked when the strategy was chosen, and what it answered: kept with the deployment. */
  exchanges: SelectionExchange[];
}

/** Copies the source into the deployment's workspace, its own git repository. The source is only read. */
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

/** From here on the deployment's things are known to be its own, whatever becomes of the worker. */
async function openLedger(home: BerthHome, server: string, name: string): Promise<void> {
  const { root } = deploymentDirectory(home, name);
  const ledger = new Ledger(home, name);
  await withPruneLock(home, async () => {
    await ledger.recordServer(server);
    await ledger.enter({ id: 'deployment', kind: 'directory', path: root });
    const { root: real } = deploymentDirectory(berthHome(await realpath(home.root)), name);
    await ledger.enter({ id: 'processes', kind: 'processes', directories: [...new Set([root, real])] });
  });
}
