import type { ConformanceHooks } from '../../src/conformance/index.js';

export const conformance: ConformanceHooks = {
  manner: { applies: ['memory', 'concurrency', 'replicas'] },
};
