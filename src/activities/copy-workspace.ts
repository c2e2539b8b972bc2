import { join } from 'node:path';
import { writeDurably } from '../durable-file.js';
import { deploymentDirectory } from '../home.js';
import type { SelectionExchange } from '../selection/index.js';
import { copySource, Ledger, ownWorkspace, setWorkspaceAside } from '../workspaces/index.js';
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
export const copyWorkspace = ({ home }: Dependencies) =>
  step(
    async ({ name, revision, source, exchanges }: CopyInput) => {
      const { root, workspace, revisions } = deploymentDirectory(home, name);
      await new Ledger(home, name).enter({ id: 'deployment', kind: 'directory', path: root });
      await setWorkspaceAside({ workspace, revisions, except: revision });
      const copy = await copySource({ source, workspace });
      await ownWorkspace(workspace, revision);
      if (exchanges.length > 0)
        await writeDurably(join(root, 'selection.json'), JSON.stringify(exchanges, undefined, 2));
      return copy;
    },
    ({ name, source }) => ({ name, path: source }),
  );
