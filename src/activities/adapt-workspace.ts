import { restoreExample, splitContract } from '../adaptation/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Contract } from '../contract/example.js';
import type { AdaptationRound } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { gatherFacts } from '../facts/index.js';
import { type DeploymentDirectory, deploymentDirectory } from '../home/home.js';
import { findWorkspace, readTrackedFiles, reapplyChange } from '../workspaces/index.js';
import { AgentLog } from './support/agent-log.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

interface AdaptInput {
  config: DeployConfig;
  setting: DeploymentSetting;
  round: AdaptationRound;
  /** An agent's change of an earlier source, to be tried first. */
  previous: PreviousAdaptation | null;
}

export interface PreviousAdaptation {
  revision: string;
  adaptation: AdaptationResult;
}

/** Adapts the workspace in one round, by a recipe that recognizes it or by a coding agent. The result is a commit. */
export const adaptWorkspace = ({ home, adapter }: Dependencies) =>
  step(
    async (input: AdaptInput, { signal, onProgress }) => {
      const { config, setting, round } = input;
      const { solution, entry } = config;
      const directory = deploymentDirectory(home, config.name);
      const reapplied = await reapplyAdaptation(directory, input.previous);
      if (reapplied !== undefined) return reapplied;
      const log = new AgentLog(directory.agentLog);
      const result = await adapter.adapt({
        solution,
        setting,
        workspace: directory.workspace,
        facts: await gatherFacts(directory.workspace, { tracked: await readTrackedFiles(directory.workspace) }),
        contract: splitContract(toContract(config)).shown,
        entry,
        round,
        stateDirectory: directory.agent,
        guardedPaths: [solution.path],
        hiddenPaths: [directory.revisions],
        signal,
        onProgress,
        onEvent: (event) => log.append({ ...event, round: round.number }),
      });
      await log.flush();
      return result;
    },
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );

/** Reapplies an agent's change where it fits the new source: verification judges it, and no agent is paid again. */
async function reapplyAdaptation(
  { workspace, revisions }: DeploymentDirectory,
  previous: PreviousAdaptation | null,
): Promise<AdaptationResult | undefined> {
  if (previous === null) return undefined;
  const { revision, adaptation } = previous;
  const from = await findWorkspace(workspace, revisions, revision);
  if (from === undefined) return undefined;
  const summary = `reapplied the change that ${adaptation.by} made for ${revision}`;
  const commit = await reapplyChange({ from, commit: adaptation.commit, workspace, message: summary });
  if (commit === undefined) return undefined;
  return { ...adaptation, ...commit, summary, adaptedPath: workspace, rounds: 0, cost: 0, tokens: 0, sessionId: null };
}

/** Returns the contract that an agent is shown; it finds the examples of the repository in the repository. */
const toContract = ({ examples }: DeployConfig): Contract =>
  examples.length > 0 ? { source: 'user', examples: examples.map(restoreExample) } : { source: 'weak', examples: [] };
