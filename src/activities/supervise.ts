import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { type CallCounts, mergeCallCounts, readCallCounts } from '../calls/call-counter.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Handle, RunPlan } from '../contract/handle.js';
import { BerthError, type ErrorRecord } from '../errors.js';
import { revisionDirectory } from '../home/home.js';
import { claimFirstReport } from '../runners/claim-first-report.js';
import type { Health, Runner } from '../runners/runner.js';
import { redact, resolveEnvironment } from '../secrets/index.js';
import type { Dependencies } from './dependencies.js';

/** A new revision has to prove itself, against the one that it replaced. */
export interface Bake {
  /** ISO 8601. */
  until: string;
  previous: { name: string; revision: string };
}

export interface HealthFailure {
  event: 'gone' | 'unresponsive' | 'failing';
  error: ErrorRecord;
}

/** Why supervision returned: something happened to the software, or nothing did for hours. */
export type SupervisionEvent = { event: 'none' | 'baked' } | HealthFailure;

const pollInterval = 1_000;
/** Polls between two looks for callers that have ended, whose counts are put together. */
const tallyMergeInterval = 60;
/** Longer than a poll: hundreds of idle deployments must not keep the server busy with heartbeats. */
const heartbeatInterval = 30_000;
/** Milliseconds that what is being kept has to end in, when the watching is over: what does not end by then, the stop ends. */
const archiveTimeout = 2_000;
/** So many polls in a row must go unanswered before living software counts as unresponsive. */
const maxMisses = 5;
const maxWatch = 6 * 3_600_000;

/** A bake is not judged by fewer failed calls than this, nor by a share that is worse by less than this. */
const minFailures = 4;
const maxFailureRateIncrease = 0.2;

interface SuperviseInput {
  handle: Handle;
  /** The software's variables; absent in histories of an earlier shape. */
  env?: DeployConfig['env'];
  bake?: Bake | null;
  /** ISO 8601; when it returns in any case. It does after some hours. */
  until?: string;
}

/** Watches running software from its own host, and returns only when something changes: history costs next to nothing. */
export const supervise =
  (dependencies: Dependencies) =>
  async ({ handle, env = [], bake = null, until }: SuperviseInput): Promise<SupervisionEvent> => {
    const { registry, home } = dependencies;
    const { cancellationSignal, heartbeat } = Context.current();
    const Runner = await registry.getRunnerClass(handle.plan.strategy);
    const runner = new Runner(handle.plan);
    const heartbeatTimer = setInterval(heartbeat, heartbeatInterval);
    const watchEnded = new AbortController();
    let archiving: Promise<void> | undefined;
    heartbeat();
    try {
      await runner.attach(handle);
      archiving = archive(runner, { ...dependencies, handle, env, signal: watchEnded.signal });
      const judge =
        bake === null
          ? undefined
          : new BakeJudge(handle, bake, revisionDirectory(home, bake.previous.name, bake.previous.revision).state);
      return await watch(runner, handle, { signal: cancellationSignal, judge, until: computeDeadline(until) });
    } finally {
      clearInterval(heartbeatTimer);
      watchEnded.abort();
      await Promise.race([archiving, sleep(archiveTimeout, undefined, { ref: false })]);
      await runner.close();
    }
  };

interface ArchiveContext extends Pick<Dependencies, 'home' | 'log'> {
  handle: Handle;
  env: DeployConfig['env'];
  signal: AbortSignal;
}

/** What is kept beside the software is made while that is watched, so that its callers do not wait for it. */
async function archive(runner: Runner, { home, log, handle, env, signal }: ArchiveContext): Promise<void> {
  if (runner.archive === undefined) return;
  let variables: Record<string, string> = {};
  try {
    variables = await resolveEnvironment(home, env);
    await runner.archive({ env: variables, signal });
  } catch (error) {
    if (signal.aborted) return;
    const { deployment, revision } = handle.plan;
    const reason = redact(BerthError.from(error).message, Object.values(variables));
    if (await claimFirstReport(handle.plan.stateDirectory, 'keep', reason))
      log(`nothing is kept of ${deployment} ${revision}: ${reason}`);
  }
}

async function watch(
  runner: Runner,
  { plan }: Handle,
  { signal, judge, until }: { signal: AbortSignal; judge: BakeJudge | undefined; until: number },
): Promise<SupervisionEvent> {
  for (let misses = 0, polls = 1; Date.now() < until; polls += 1) {
    signal.throwIfAborted();
    if (polls % tallyMergeInterval === 0) await mergeCallCounts(plan.stateDirectory);
    const health = await runner.isHealthy();
    // What nobody could tell is no reason to start anything anew, which the same cloud would have to do.
    if (health.state !== 'unknown') misses = health.isHealthy ? 0 : misses + 1;
    if (health.state === 'gone') return { event: 'gone', error: describeHealthFailure(plan.deployment, health) };
    if (misses === maxMisses) return { event: 'unresponsive', error: describeHealthFailure(plan.deployment, health) };
    const verdict = await judge?.judge();
    if (verdict !== undefined) return verdict;
    await sleep(pollInterval);
  }
  return { event: 'none' };
}

const computeDeadline = (until: string | undefined): number =>
  Math.min(Date.now() + maxWatch, until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until));

const describeHealthFailure = (name: string, health: Health): ErrorRecord =>
  new BerthError('NOT_READY', `the software is ${health.state}: ${health.detail}`, { name }).toRecord();

/** Compares the real calls of a new revision with those of the one before. */
class BakeJudge {
  constructor(
    private readonly handle: Handle,
    private readonly bake: Bake,
    private readonly previousState: string,
  ) {}

  async judge(): Promise<SupervisionEvent | undefined> {
    const { plan } = this.handle;
    const [now, before] = await Promise.all([readCallCounts(plan.stateDirectory), readCallCounts(this.previousState)]);
    if (now.failed > minFailures && computeFailureRate(now) > computeFailureRate(before) + maxFailureRateIncrease) {
      const message = `${now.failed} of ${now.ended} calls of ${plan.revision} failed, ${describePrevious(before)}`;
      return { event: 'failing', error: describeFailing(plan, message) };
    }
    return Date.now() >= Date.parse(this.bake.until) ? { event: 'baked' } : undefined;
  }
}

const describeFailing = ({ deployment, revision }: RunPlan, message: string): ErrorRecord =>
  new BerthError('CALLS_FAILING', message, { name: deployment, revision }).toRecord();

const computeFailureRate = ({ failed, ended }: CallCounts): number => (ended === 0 ? 0 : failed / ended);

const describePrevious = ({ failed, ended }: CallCounts): string =>
  ended === 0 ? 'and none were made before' : `${failed} of ${ended} before`;
