import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AdaptationResult } from '../../contract/adaptation.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { RunPlan } from '../../contract/handle.js';
import type { VerifiedRevision } from '../../contract/revision.js';
import type { DeploymentSetting } from '../../contract/setting.js';
import { deploymentDirectory, revisionDirectory } from '../../home/home.js';
import { Ledger } from '../../workspaces/index.js';
import type { Dependencies } from './dependencies.js';

/** Input of the steps that start a revision. */
export interface RevisionInput {
  config: DeployConfig;
  setting: DeploymentSetting;
  adaptation: AdaptationResult;
  revision: VerifiedRevision;
}

/** Seconds that a call may take by default. */
const defaultTimeout = 60;

/** Seconds that importing the code may take by default; code that serves at module level never finishes its import. */
const defaultImportTimeout = 60;

/** Input for a revision that may not be verified yet, and then has no environment. */
type PlanInput = Omit<RevisionInput, 'revision'> & {
  revision: Pick<VerifiedRevision, 'id' | 'directory' | 'environment' | 'foundation'>;
};

/**
 * Prepares what a runner needs and enters it in the ledger, before anything of the revision starts. The plan depends
 * only on deployment and revision, so every attempt gets the same one.
 */
export async function prepareRunPlan({ home, registry }: Dependencies, input: PlanInput): Promise<RunPlan> {
  const { config, setting, adaptation, revision } = input;
  const directory = revisionDirectory(home, config.name, revision.id);
  const { shared } = deploymentDirectory(home, config.name);
  const plan: RunPlan = {
    deployment: config.name,
    revision: revision.id,
    strategy: setting.strategy,
    provider: setting.provider,
    directory: revision.directory,
    stateDirectory: directory.state,
    sharedDirectory: shared,
    logFile: directory.log,
    environment: revision.environment,
    ...(revision.foundation?.base && { base: revision.foundation.base }),
    runInterface: adaptation.runInterface,
    resources: setting.resources,
    ...(config.expose !== undefined && { expose: config.expose }),
    timeout: config.timeout ?? setting.resources.timeout ?? defaultTimeout,
    importTimeout: config.importTimeout ?? defaultImportTimeout,
  };
  const runner = registry.getRunnerModule(setting.strategy);
  await new Ledger(home, config.name).enter({ id: `runner-${revision.id}`, kind: 'runner', plan, runner });
  await mkdir(directory.state, { recursive: true, mode: 0o700 });
  await mkdir(shared, { recursive: true, mode: 0o700 });
  await mkdir(dirname(directory.log), { recursive: true });
  return plan;
}

export const describeRevision = ({ config }: RevisionInput) => ({ name: config.name, path: config.solution.path });
