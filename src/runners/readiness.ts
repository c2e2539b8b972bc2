import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';

/** Criterion for when software is ready. */
export interface Readiness {
  /** Completes "did not …": `answer on its socket`, `answer GET /healthz with 200`. */
  description: string;
  /** Returns false if it is not ready yet. Throws if it will never be ready. */
  isReady: () => Promise<boolean>;
}

export interface WaitOptions {
  /** Seconds. */
  timeout: number;
  /** Milliseconds between two checks. */
  interval: number;
  signal?: AbortSignal;
}

/**
 * Waits until the software is ready. Throws the signal's reason when it is aborted.
 *
 * @throws NOT_READY when `timeout` has passed.
 */
export async function waitUntilReady(readiness: Readiness, { timeout, interval, signal }: WaitOptions): Promise<void> {
  const deadline = Date.now() + timeout * 1000;
  for (;;) {
    signal?.throwIfAborted();
    if (await readiness.isReady()) return;
    if (Date.now() > deadline)
      throw new BerthError('NOT_READY', `it did not ${readiness.description} within ${timeout} s`);
    await sleep(interval, undefined, { ...(signal === undefined ? {} : { signal }) }).catch(() => undefined);
  }
}
