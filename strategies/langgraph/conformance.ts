import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceHooks } from '../../src/conformance/index.js';
import { serverRecord } from '../../src/runners/server/server-record.js';
import { cloudConformance } from './cloud/conformance.js';
import type { GraphHandle } from './serving-backend.js';

export const conformance: ConformanceHooks = {
  deviations: {
    replacesNul: true,
    stopsOnExit: true,
    queueDelay: 1_000,
    ownsMainThread: true,
    startsAbandoned: true,
    applies: ['memory', 'concurrency'],
  },
  async kill(handle) {
    const { server } = handle as GraphHandle; // written by `start`
    if (server !== undefined) process.kill(server.pid, 'SIGKILL');
    await sleep(200);
  },
  isPartlyStarted: async (plan) => (await serverRecord.read(plan)) !== undefined,
  providers: { langsmith: cloudConformance },
};
