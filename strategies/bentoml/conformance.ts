import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceHooks } from '../../src/conformance/index.js';
import { serverRecord } from '../../src/runners/server/server-record.js';
import { cloudConformance } from './cloud/conformance.js';
import type { BentoHandle } from './serving-backend.js';

export const conformance: ConformanceHooks = {
  deviations: {
    replacesProcesses: true,
    ownsMainThread: true,
    startsAbandoned: true,
    applies: ['memory', 'concurrency'],
  },
  /** Kills the server's parent alone: its worker lives on, and serves the port. */
  async kill(handle) {
    const { server } = handle as BentoHandle; // written by `start`
    if (server !== undefined) process.kill(server.pid, 'SIGKILL');
    await sleep(200);
  },
  isPartlyStarted: async (plan) => (await serverRecord.read(plan)) !== undefined,
  providers: { bentocloud: cloudConformance },
};
