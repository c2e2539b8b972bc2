import { restoreExample, splitContract } from '../adaptation/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Contract } from '../contract/example.js';
import type { AdaptationRound } from '../contract/round.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { gatherFacts } from '../facts/index.js';
import { type DeploymentDirectory, deploymentDirectory } from '../home/home.js';
import { findWorkspace, readTrackedFiles, reapplyChange } from '../workspaces/index.js';
import { AgentLog } from './agent-log.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface AdaptInput {
  config: DeployConfig;
  setting: DeploymentSetting;
  round: AdaptationRound;
  /** What an agent made of an earlier source: tried first. Absent in histories of an earlier shape. */
  carried?: PreviousAdaptation | null;
}

export interface PreviousAdaptation {
  revision: string;
  adaptation: AdaptationResult;
}

/** One round of adaptation: by a recipe where one recognizes the workspace, else by a coding agent. A commit results. */
export const adaptWorkspace = ({ home, adapter }: Dependencies) =>
  step(
    async (input: AdaptInput, { signal, onProgress }) => {
      const { config, setting, round } = input;
      const { solution, entry } = config;
      const directory = deploymentDirectory(home, config.name);
      const carried = await reapplyAdaptation(directory, input.carried ?? null);
      if (carried !== undefined) return carried;
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

/** An agent's change of the source before, where it fits the one of now: the ladder judges it, and nobody is paid again. */
async function reapplyAdaptation(
  { workspace, revisions }: DeploymentDirectory,
  carried: PreviousAdaptation | null,
): Promise<AdaptationResult | undefined> {
  if (carried === null) return undefined;
  const { revision, adaptation } = carried;
  const from = await findWorkspace(workspace, revisions, revision);
  if (from === undefined) return undefined;
  const summary = `what ${adaptation.by} changed for ${revision} fits the new source`;
  const commit = await reapplyChange({ from, commit: adaptation.commit, workspace, message: summary });
  if (commit === undefined) return undefined;
  return { ...adaptation, ...commit, summary, adaptedPath: workspace, rounds: 0, cost: 0, tokens: 0, sessionId: null };
}

/** What an agent can be told of it: examples from the repository stand in the repository. */
const toContract = ({ examples }: DeployConfig): Contract =>
  examples.length > 0 ? { source: 'user', examples: examples.map(restoreExample) } : { source: 'weak', examples: [] };
