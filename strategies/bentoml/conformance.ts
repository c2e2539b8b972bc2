import type { ConformanceHooks } from '../../src/conformance/index.js';

export const conformance: ConformanceHooks = {
  manner: { replacesProcesses: true, writesNull: true, applies: ['memory', 'concurrency'] },
};
