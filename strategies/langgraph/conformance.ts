import type { ConformanceHooks } from '../../src/conformance/index.js';

export const conformance: ConformanceHooks = {
  manner: { writesNull: true, replacesNul: true, endsOnExit: true, queue: 1_000, applies: ['memory', 'concurrency'] },
};
