import { setTimeout as sleep } from 'node:timers/promises';
import { BerthError } from '../errors.js';
import { berthHome } from '../home/home.js';
import { findRunningWorker } from './background-worker.js';
import { findRunningServer, getServerAddress } from './embedded-server.js';

/**
 * Watches the stack until the signal aborts.
 *
 * @throws STACK_FAILED when the server or the worker ends by itself.
 */
export async function watchStack(signal: AbortSignal): Promise<void> {
  const home = berthHome();
  while (!signal.aborted) {
    const server = findRunningServer(home);
    if (server === null) throw new BerthError('STACK_FAILED', 'the embedded Temporal server ended');
    if (findRunningWorker(home, getServerAddress(server)) === null)
      throw new BerthError('STACK_FAILED', 'the worker ended');
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}
