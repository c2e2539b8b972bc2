import { createHash } from 'node:crypto';
import { determineContract, isUserCode, restoreExample, verifyWorkspace } from '../adaptation/index.js';
import type { VerifiedRevision } from '../contract/revision.js';
import { gatherFacts } from '../facts/index.js';
import { deploymentDirectory, revisionDirectory } from '../home/home.js';
import { resolveEnvironment } from '../secrets/index.js';
import { exportRevision, Ledger, readTrackedFiles } from '../workspaces/index.js';
import { freezeContract, freezeProbe } from './support/contract-file.js';
import type { Dependencies } from './support/dependencies.js';
import { prepareRunPlan, type RevisionInput } from './support/prepare-run-plan.js';
import { type StepContext, step } from './support/step.js';
import { createMissingFinder, withFailureExplanation } from './support/with-failure-explanation.js';
import { withRedactedSecrets } from './support/with-redacted-secrets.js';

type VerifyInput = Omit<RevisionInput, 'revision'> & {
  /** `r1`, `r2`, … */
  revision: string;
  /** True to resolve requirements again instead of reusing the lock. */
  isFresh: boolean;
};

/** Freezes the adapted workspace and its contract as a revision, and runs the checks that need no endpoint. */
export const verifyRevision = (dependencies: Dependencies) =>
  step(
    withRedactedSecrets(dependencies, async (input: VerifyInput, context: StepContext): Promise<VerifiedRevision> => {
      const { home, environments, registry } = dependencies;
      const { config, adaptation, revision: id } = input;
      const { runInterface, commit } = adaptation;
      const { workspace } = deploymentDirectory(home, config.name);
      const directory = revisionDirectory(home, config.name, id);
      const { digest } = await exportRevision({ workspace, commit, directory: directory.code });
      const facts = await gatherFacts(directory.code, { tracked: await readTrackedFiles(workspace) });
      const contract = determineContract({ examples: config.examples.map(restoreExample), facts, runInterface });
      await freezeContract(directory.contract, contract);

      const { strategy: name, provider } = input.setting;
      const foundation = await registry.findFoundation(name, { directory: directory.code, provider, runInterface });
      const frozen = { id, directory: directory.code, environment: null, foundation };
      const plan = await prepareRunPlan(dependencies, { ...input, revision: frozen });
      const strategy = registry.getStrategy(name);
      const env = await resolveEnvironment(home, config.env);
      const failureContext = { config, code: directory.code, facts };
      const verified = await withFailureExplanation(failureContext, () =>
        verifyWorkspace({
          code: directory.code,
          facts,
          runInterface,
          contract,
          // Only for the user's own code: an agent can repair its own use of the entry.
          entry: isUserCode(adaptation) ? config.entry : undefined,
          isUserCode: isUserCode(adaptation),
          findMissing: createMissingFinder(failureContext),
          environments: strategy.environment === 'python' ? environments : null,
          packageDirectory: directory.packages,
          strategyRequirements: strategy.packages,
          isFresh: input.isFresh,
          claim: (path) => new Ledger(home, config.name).claimEnvironment(id, path),
          plan: { ...plan, logFile: directory.trialLog },
          env,
          ...context,
        }),
      );
      await freezeProbe(directory.contract, verified.contract);
      return { ...frozen, ...verified, commit, digest: computeDigest(digest, verified.environment?.digest ?? 'none') };
    }),
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );

/**
 * Computes the digest of code and environment, which identify a revision. Without an environment, only the code counts.
 */
const computeDigest = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex');
