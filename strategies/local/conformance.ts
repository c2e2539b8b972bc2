import type { ConformanceHooks } from '../../src/conformance/index.js';

export const conformance: ConformanceHooks = {
  deviations: { applies: ['memory', 'concurrency', 'replicas'] },
};
