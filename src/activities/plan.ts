import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { DeployConfig } from '../contract/config.js';
import type { RunPlan } from '../contract/handle.js';
import type { VerifiedRevision } from '../contract/revision.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { type BerthHome, revisionDirectory } from '../home.js';

/** What the steps that start a revision are given. */
export interface RevisionInput {
  config: DeployConfig;
  setting: DeploymentSetting;
  adaptation: AdaptationResult;
  revision: VerifiedRevision;
}

/** Everything a runner needs to know, derived from deployment and revision alone: the same at every try. */
export async function planRevision(home: BerthHome, input: RevisionInput): Promise<RunPlan> {
  const { config, setting, adaptation, revision } = input;
  const directory = revisionDirectory(home, config.name, revision.id);
  await mkdir(directory.state, { recursive: true, mode: 0o700 });
  await mkdir(dirname(directory.log), { recursive: true });
  return {
    deployment: config.name,
    revision: revision.id,
    strategy: setting.strategy,
    directory: revision.directory,
    stateDirectory: directory.state,
    logFile: directory.log,
    environment: revision.environment,
    runInterface: adaptation.runInterface,
    resources: setting.resources,
    timeout: config.timeout,
  };
}

export const describeRevision = ({ config }: RevisionInput) => ({ name: config.name, path: config.solution.path });
