import { existsSync } from 'node:fs';
import { berthHome } from '../home/home.js';
import { stopWorker } from './background-worker.js';
import { stopServer } from './embedded-server.js';
import { withStackLock } from './ensure-stack.js';

/** The parts of the stack that ran and were stopped. */
export interface StoppedStack {
  worker: boolean;
  server: boolean;
}

/**
 * Stops the worker, whose activities end or become resumable, then the embedded server. Deployed software keeps
 * running and can be called.
 */
export async function stopStack(options: { onProgress?: (line: string) => void } = {}): Promise<StoppedStack> {
  const home = berthHome();
  if (!existsSync(home.stack)) return { worker: false, server: false };
  return withStackLock(home, options.onProgress, async () => {
    const worker = await stopWorker(home);
    return { worker, server: await stopServer(home) };
  });
}
