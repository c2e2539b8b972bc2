import { setTimeout as sleep } from 'node:timers/promises';
import { type ContractCheckRequest, checkContract, contractFailedError, isUserCode } from '../adaptation/index.js';
import type { Probe } from '../contract/example.js';
import type { Handle } from '../contract/handle.js';
import type { ContractReport, VerificationCheck } from '../contract/revision.js';
import { BerthError } from '../errors.js';
import { revisionDirectory } from '../home/home.js';
import { callWithExactNumbers } from '../runners/call-text.js';
import type { Health, Runner } from '../runners/runner.js';
import { listSecrets, resolveEnvironment } from '../secrets/index.js';
import { writePublished } from './publish-revision.js';
import { freezeProbe, readContract } from './support/contract-file.js';
import type { Dependencies } from './support/dependencies.js';
import { describeRevision, type RevisionInput } from './support/prepare-run-plan.js';
import { type StepContext, step } from './support/step.js';
import { createMissingFinder, withFailureExplanation } from './support/with-failure-explanation.js';
import { withRedactedSecrets } from './support/with-redacted-secrets.js';

interface CheckInput extends RevisionInput {
  handle: Handle;
  /** True to publish the revision as soon as it has passed. */
  publishes: boolean;
}

/** Runs the last checks: readiness, and the contract at the real endpoint. */
export const checkHealth = (dependencies: Dependencies) =>
  step(
    withRedactedSecrets(dependencies, async (input: CheckInput, { signal }: StepContext) => {
      const Runner = await dependencies.registry.getRunnerClass(input.setting.strategy);
      const runner = new Runner(input.handle.plan);
      try {
        await runner.attach(input.handle);
        const contract = await readContract(dependencies.home, input);
        const [ready] = await timeCheck('ready', () => checkReady(runner));
        const env = await resolveEnvironment(dependencies.home, input.config.env).catch(() => ({}));
        const failureContext = { config: input.config, code: input.revision.directory };
        const check = {
          contract,
          isUserCode: isUserCode(input.adaptation),
          secrets: listSecrets(env),
          signal,
          stale: input.revision.contract.stale, // some of these calls end the process, or never return
          findMissing: createMissingFinder(failureContext),
        };
        const [endpointCheck, report] = await withFailureExplanation(failureContext, () =>
          checkEndpoint(runner, check),
        ).catch(async (error) => {
          throw await markIfGone(error, runner);
        });
        await freezeProbe(revisionDirectory(dependencies.home, input.config.name, input.revision.id).contract, report);
        if (report.probe !== undefined && contract.source !== 'none')
          await checkSurvivesProbe(runner, report.probe, signal);
        if (input.publishes) await writePublished(dependencies, input);
        return { checks: [ready, endpointCheck], contract: report };
      } finally {
        await runner.close();
      }
    }),
    describeRevision,
  );

async function checkReady(runner: Runner): Promise<[note: string, found: Health]> {
  const health = await runner.isHealthy();
  if (health.isHealthy) return [health.detail, health];
  throw new BerthError('NOT_READY', `the software is not ready: ${health.detail}`, { isGone: health.state === 'gone' });
}

/** Marks the error of calls that failed because the process has ended; it does not mean that the contract failed. */
async function markIfGone(error: unknown, runner: Runner): Promise<unknown> {
  if (!(error instanceof BerthError) || (await runner.isHealthy()).state !== 'gone') return error;
  return new BerthError(error.code, error.message, { ...error.details, isGone: true }, { cause: error });
}

/** Milliseconds that software has to become healthy, or to be gone, after a probe. */
const recoveryTimeout = 10_000;
/** Milliseconds. */
const pollInterval = 100;

/** Throws when the probe has ended the software, which is then started again without a probe. */
async function checkSurvivesProbe(runner: Runner, { raised }: Probe, signal: AbortSignal): Promise<void> {
  let health = await runner.isHealthy();
  for (const deadline = Date.now() + recoveryTimeout; isPending(health) && Date.now() < deadline; ) {
    await sleep(pollInterval, undefined, { signal });
    health = await runner.isHealthy();
  }
  if (health.isHealthy) return;
  const message = `the software ended when it was called with its defaults (${raised}): ${health.detail}`;
  throw new BerthError('NOT_READY', message, { isGone: true });
}

/** True while software may still recover, or may have ended without being noticed yet. */
const isPending = ({ isHealthy, state }: Health): boolean => !isHealthy && state !== 'gone';

type EndpointCheck = Pick<ContractCheckRequest, 'contract' | 'isUserCode' | 'stale' | 'findMissing' | 'secrets'> & {
  signal: AbortSignal;
};

async function checkEndpoint(runner: Runner, check: EndpointCheck): Promise<[VerificationCheck, ContractReport]> {
  return await timeCheck('contract at the endpoint', async () => {
    const { signal } = check;
    const checked = await checkContract({
      ...check,
      call: (inputs) => callWithExactNumbers(runner, inputs, { signal }),
    });
    if (checked.evidence !== null) throw contractFailedError(checked);
    return [checked.note, checked.report];
  });
}

async function timeCheck<T>(
  name: VerificationCheck['name'],
  check: () => Promise<[note: string, found: T]>,
): Promise<[VerificationCheck, T]> {
  const startedAt = performance.now();
  const [note, result] = await check();
  return [{ name, passed: true, milliseconds: Math.round(performance.now() - startedAt), note }, result];
}
