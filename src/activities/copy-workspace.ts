import { deploymentDirectory } from '../home.js';
import { copySource, Ledger } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Copies the source into the deployment's workspace, its own git repository. The source is only read. */
export const copyWorkspace = ({ home }: Dependencies) =>
  step(
    async ({ name, source }: { name: string; source: string }) => {
      const { root, workspace } = deploymentDirectory(home, name);
      await new Ledger(home, name).enter({ id: 'deployment', kind: 'directory', path: root });
      return await copySource({ source, workspace });
    },
    ({ name, source }) => ({ name, path: source }),
  );
