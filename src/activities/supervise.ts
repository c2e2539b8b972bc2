import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Handle } from '../contract/handle.js';
import { BerthError, type ErrorRecord } from '../errors.js';
import type { Health, Runner } from '../runners/runner.js';
import type { Dependencies } from './dependencies.js';

/** Why supervision returned: something happened to the software, or nothing did for hours. */
export type Change = { event: 'none' } | { event: 'gone' | 'unresponsive'; error: ErrorRecord };

const pollInterval = 1_000;
/** Longer than a poll: hundreds of idle deployments must not keep the server busy with heartbeats. */
const heartbeatInterval = 5_000;
/** So many polls in a row must go unanswered before living software counts as unresponsive. */
const missesAllowed = 5;
const longestWatch = 6 * 3_600_000;

/** Watches running software from its own host, and returns only when something changes: history costs next to nothing. */
export const supervise =
  ({ registry }: Dependencies) =>
  async ({ handle }: { handle: Handle }): Promise<Change> => {
    const { cancellationSignal, heartbeat } = Context.current();
    const Runner = await registry.getRunnerClass(handle.plan.strategy);
    const runner = new Runner(handle.plan);
    const beat = setInterval(heartbeat, heartbeatInterval);
    heartbeat();
    try {
      await runner.attach(handle);
      return await watch(runner, handle, cancellationSignal);
    } finally {
      clearInterval(beat);
      await runner.close();
    }
  };

async function watch(runner: Runner, { plan }: Handle, signal: AbortSignal): Promise<Change> {
  const until = Date.now() + longestWatch;
  for (let misses = 0; Date.now() < until; ) {
    signal.throwIfAborted();
    const health = await runner.isHealthy();
    misses = health.isHealthy ? 0 : misses + 1;
    if (health.state === 'gone') return { event: 'gone', error: describe(plan.deployment, health) };
    if (misses === missesAllowed) return { event: 'unresponsive', error: describe(plan.deployment, health) };
    await sleep(pollInterval);
  }
  return { event: 'none' };
}

const describe = (name: string, health: Health): ErrorRecord =>
  new BerthError('NOT_READY', `the software is ${health.state}: ${health.detail}`, { name }).toRecord();
