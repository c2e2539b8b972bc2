import { splitContract } from '../adaptation/index.js';
import type { DeployConfig } from '../contract/config.js';
import type { Contract } from '../contract/example.js';
import type { AdaptationRound } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { deploymentDirectory } from '../home.js';
import { gatherFacts } from '../selection/index.js';
import { AgentLog } from './agent-log.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface AdaptInput {
  config: DeployConfig;
  setting: DeploymentSetting;
  round: AdaptationRound;
}

/** One round of adaptation: by a recipe where one recognises the workspace, else by a coding agent. A commit results. */
export const adaptWorkspace = ({ home, adapter }: Dependencies) =>
  step(
    async ({ config, setting, round }: AdaptInput, { signal, onProgress }) => {
      const { solution, entry } = config;
      const directory = deploymentDirectory(home, config.name);
      const log = new AgentLog(directory.agentLog);
      const result = await adapter.adapt({
        solution,
        setting,
        workspace: directory.workspace,
        facts: await gatherFacts(directory.workspace),
        contract: splitContract(contractOf(config)).shown,
        entry,
        round,
        stateDirectory: directory.agent,
        guarded: [solution.path, directory.revisions],
        hidden: [directory.revisions],
        signal,
        onProgress,
        onEvent: (event) => log.append({ ...event, round: round.number }),
      });
      await log.flush();
      return result;
    },
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );

/** What an agent can be told of it: examples from the repository stand in the repository. */
const contractOf = ({ examples }: DeployConfig): Contract =>
  examples.length > 0 ? { source: 'user', examples } : { source: 'weak', examples: [] };
