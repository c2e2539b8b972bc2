import { splitContract } from '../adaptation/index.js';
import type { DeployConfig } from '../contract/config.js';
import type { Contract } from '../contract/example.js';
import type { Facts } from '../contract/facts.js';
import type { AdaptationRound } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { BerthError } from '../errors.js';
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
    async (input: AdaptInput, { signal, onProgress }) => {
      const { config, setting, round } = input;
      const { solution, entry } = config;
      const directory = deploymentDirectory(home, config.name);
      const log = new AgentLog(directory.agentLog);
      const result = await adapter.adapt({
        solution,
        setting,
        workspace: directory.workspace,
        facts: await gatherFacts(directory.workspace).catch((error) => factsOfSource(error, input)),
        contract: splitContract(contractOf(config)).shown,
        entry,
        round,
        stateDirectory: directory.agent,
        guarded: [solution.path],
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

/** A manifest that an agent broke is for it to mend: until then the source says what the repository is. */
async function factsOfSource(error: unknown, { config, round }: AdaptInput): Promise<Facts> {
  const isBroken = error instanceof BerthError && error.code === 'MANIFEST_INVALID' && round.number > 1;
  if (!isBroken) throw error;
  return await gatherFacts(config.solution.path);
}

/** What an agent can be told of it: examples from the repository stand in the repository. */
const contractOf = ({ examples }: DeployConfig): Contract =>
  examples.length > 0 ? { source: 'user', examples } : { source: 'weak', examples: [] };
