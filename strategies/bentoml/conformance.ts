import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceHooks } from '../../src/conformance/index.js';
import { cloudConformance } from './cloud/conformance.js';
import type { BentoHandle } from './place.js';
import { readServerRecord } from './server-record.js';

export const conformance: ConformanceHooks = {
  manner: {
    replacesProcesses: true,
    keepsMainThread: true,
    beginsAbandoned: true,
    applies: ['memory', 'concurrency'],
  },
  /** The server's parent alone: its worker lives on, and serves the port. */
  async kill(handle) {
    const { server } = handle as BentoHandle; // made by the runner's start
    if (server !== undefined) process.kill(server.pid, 'SIGKILL');
    await sleep(200);
  },
  isHalfway: async (plan) => (await readServerRecord(plan)) !== undefined,
  providers: { bentocloud: cloudConformance },
};
