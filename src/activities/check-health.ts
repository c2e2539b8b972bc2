import { setTimeout as sleep } from 'node:timers/promises';
import { type ContractCheck, checkContract, contractFailed, isOwnCode } from '../adaptation/index.js';
import type { Probe } from '../contract/example.js';
import type { Handle } from '../contract/handle.js';
import type { ContractReport, Rung } from '../contract/revision.js';
import { BerthError } from '../errors.js';
import { revisionDirectory } from '../home.js';
import { callExactly } from '../runners/call-text.js';
import type { Health, Runner } from '../runners/runner.js';
import { listSecrets, resolveEnvironment } from '../secrets/index.js';
import { freezeProbe, readContract } from './contract-file.js';
import type { Dependencies } from './dependencies.js';
import { explainingFailures, missingIn } from './explain-failure.js';
import { keepingSecrets } from './keep-secrets.js';
import { describeRevision, type RevisionInput } from './plan.js';
import { publish } from './publish-revision.js';
import { type StepContext, step } from './step.js';

interface CheckInput extends RevisionInput {
  handle: Handle;
  /** Whether callers reach it as soon as it has passed. */
  publishes: boolean;
}

/** The last rungs: ready, and the contract at the real endpoint. */
export const checkHealth = (dependencies: Dependencies) =>
  step(
    keepingSecrets(dependencies, async (input: CheckInput, { signal }: StepContext) => {
      const Runner = await dependencies.registry.getRunnerClass(input.setting.strategy);
      const runner = new Runner(input.handle.plan);
      try {
        await runner.attach(input.handle);
        const contract = await readContract(dependencies.home, input);
        const [ready] = await timed('ready', () => checkReady(runner));
        const env = await resolveEnvironment(dependencies.home, input.config.env).catch(() => ({}));
        const failing = { config: input.config, code: input.revision.directory };
        const check = {
          ...{ contract, isOwnCode: isOwnCode(input.adaptation), secrets: listSecrets(env), signal },
          stale: input.revision.contract.stale, // of which some end the process, or never end
          findMissing: missingIn(failing),
        };
        const [kept, report] = await explainingFailures(failing, () => checkEndpoint(runner, check)).catch(
          async (error) => {
            throw await sayWhetherGone(error, runner);
          },
        );
        await freezeProbe(revisionDirectory(dependencies.home, input.config.name, input.revision.id).contract, report);
        if (report.probe !== undefined && contract.source !== 'none') await checkSurvived(runner, report.probe, signal);
        if (input.publishes) await publish(dependencies, input);
        return { rungs: [ready, kept], contract: report };
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

/** Calls that fail because the process has ended say nothing about the contract. */
async function sayWhetherGone(error: unknown, runner: Runner): Promise<unknown> {
  if (!(error instanceof BerthError) || (await runner.isHealthy()).state !== 'gone') return error;
  return new BerthError(error.code, error.message, { ...error.details, isGone: true }, { cause: error });
}

/** Milliseconds that software has to be well again, or gone, after a probe; and between two looks. */
const [recovery, interval] = [10_000, 100];

/** A call that nobody asked for may have ended the software: it is started again, and not called so again. */
async function checkSurvived(runner: Runner, { raised }: Probe, signal: AbortSignal): Promise<void> {
  let health = await runner.isHealthy();
  for (const deadline = Date.now() + recovery; isUndecided(health) && Date.now() < deadline; ) {
    await sleep(interval, undefined, { signal });
    health = await runner.isHealthy();
  }
  if (health.isHealthy) return;
  const message = `the software ended when it was called with its defaults (${raised}): ${health.detail}`;
  throw new BerthError('NOT_READY', message, { isGone: true });
}

/** What has just ended may be asked before that shows. */
const isUndecided = ({ isHealthy, state }: Health): boolean => !isHealthy && state !== 'gone';

type EndpointCheck = Pick<ContractCheck, 'contract' | 'isOwnCode' | 'stale' | 'findMissing' | 'secrets'> & {
  signal: AbortSignal;
};

async function checkEndpoint(runner: Runner, check: EndpointCheck): Promise<[Rung, ContractReport]> {
  return await timed('contract at the endpoint', async () => {
    const { signal } = check;
    const checked = await checkContract({ ...check, call: (inputs) => callExactly(runner, inputs, { signal }) });
    if (checked.evidence !== null) throw contractFailed(checked);
    return [checked.note, checked.report];
  });
}

async function timed<T>(name: Rung['name'], check: () => Promise<[note: string, found: T]>): Promise<[Rung, T]> {
  const began = performance.now();
  const [note, found] = await check();
  return [{ name, passed: true, milliseconds: Math.round(performance.now() - began), note }, found];
}
