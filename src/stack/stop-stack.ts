import { existsSync } from 'node:fs';
import { berthHome } from '../home/home.js';
import { stopWorker } from './background-worker.js';
import { stopServer } from './embedded-server.js';
import { withStackLock } from './ensure-stack.js';

/** What was running and is gone now. */
export interface StoppedStack {
  worker: boolean;
  server: boolean;
}

/**
 * Stops the background worker (its steps come to an end or to a point where they can be resumed), then the embedded
 * server. Deployed software goes on, and can be called. Nothing to stop is fine.
 */
export async function stopStack(options: { onProgress?: (line: string) => void } = {}): Promise<StoppedStack> {
  const home = berthHome();
  if (!existsSync(home.stack)) return { worker: false, server: false };
  return withStackLock(home, options.onProgress, async () => {
    const worker = await stopWorker(home);
    return { worker, server: await stopServer(home) };
  });
}
