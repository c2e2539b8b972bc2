export { buildConformance } from './build-conformance.js';
export type { Conformance, ConformanceHooks, KnownDeviations, ProviderHooks } from './conformance.js';
export { readLines, requireFailure } from './expectations.js';
export { killProcessesBelow } from './plan-processes.js';
export { pythonSolution } from './python-solution.js';
export { type CheckResult, runSuite } from './run-suite.js';
export { createSuite, type SuiteCheck, type SuiteGroup } from './suite.js';
