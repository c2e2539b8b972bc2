import type { DeployConfig } from '../contract/config.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { deploymentDirectory } from '../home.js';
import { gatherFacts } from '../selection/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Adapts the workspace to the chosen strategy: a recipe where one recognises it. The result is a commit. */
export const adaptWorkspace = ({ home, adapter }: Dependencies) =>
  step(
    async ({ config, setting }: { config: DeployConfig; setting: DeploymentSetting }, context) => {
      const { workspace } = deploymentDirectory(home, config.name);
      const facts = await gatherFacts(workspace);
      const { solution, agent, entry } = config;
      return await adapter.adapt({ solution, setting, workspace, facts, agent, ...(entry && { entry }), ...context });
    },
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );
