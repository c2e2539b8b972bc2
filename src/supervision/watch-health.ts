import { setTimeout as sleep } from 'node:timers/promises';
import { mergeCallCounts } from '../calls/call-counter.js';
import type { Handle } from '../contract/handle.js';
import { BerthError, type ErrorRecord } from '../errors.js';
import type { Health, Runner } from '../runners/runner.js';
import type { BakeJudge } from './bake-judge.js';
import type { SupervisionEvent } from './supervision-event.js';

/** Milliseconds between two polls. */
const pollInterval = 1_000;
/** Polls between two merges of the counts of callers that have exited. */
const mergeInterval = 60;
/** Consecutive unanswered polls after which running software is unresponsive. */
const maxMisses = 5;
/** Milliseconds. */
const maxWatch = 6 * 3_600_000;

interface WatchOptions {
  signal: AbortSignal;
  judge: BakeJudge | undefined;
  /** ISO 8601; null to watch for six hours. */
  until: string | null;
}

/** Polls attached software until something happens to it, its bake ends, or the watch is over. */
export async function watchHealth(
  runner: Runner,
  { plan }: Handle,
  { signal, judge, until }: WatchOptions,
): Promise<SupervisionEvent> {
  const deadline = computeDeadline(until);
  for (let misses = 0, polls = 1; Date.now() < deadline; polls += 1) {
    signal.throwIfAborted();
    if (polls % mergeInterval === 0) await mergeCallCounts(plan.stateDirectory);
    const health = await runner.isHealthy();
    // An unreachable cloud is no evidence about the software, and could not restart it either.
    if (health.state !== 'unknown') misses = health.isHealthy ? 0 : misses + 1;
    if (health.state === 'gone') return { event: 'gone', error: describeHealthFailure(plan.deployment, health) };
    if (misses === maxMisses) return { event: 'unresponsive', error: describeHealthFailure(plan.deployment, health) };
    const verdict = await judge?.judge();
    if (verdict !== undefined) return verdict;
    await sleep(pollInterval);
  }
  return { event: 'none' };
}

const computeDeadline = (until: string | null): number =>
  Math.min(Date.now() + maxWatch, until === null ? Number.POSITIVE_INFINITY : Date.parse(until));

const describeHealthFailure = (name: string, health: Health): ErrorRecord =>
  new BerthError('NOT_READY', `the software is ${health.state}: ${health.detail}`, { name }).toRecord();
