import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';

/** What "ready" means for one piece of software, as a value that any engine can wait for. */
export interface Readiness {
  /** Completes "did not …": `answer on its socket`, `answer GET /healthz with 200`. */
  description: string;
  /** False: not yet. Throws what says that it never will be. */
  isReady: () => Promise<boolean>;
}

export interface WaitOptions {
  /** Seconds. */
  timeout: number;
  /** Milliseconds between two looks. */
  interval: number;
  signal?: AbortSignal;
}

/** Resolves when it is ready. NOT_READY after `timeout`; the signal's reason when aborted. */
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
