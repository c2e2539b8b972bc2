export type { Conformance, ConformanceHooks, Manner, ProviderHooks } from './conformance.js';
export { failureOf, readLines } from './expectations.js';
export { killProcessesOf } from './plan-processes.js';
export { pythonSolution } from './python-solution.js';
export { type CheckResult, runSuite } from './run-suite.js';
export { describeStrategy } from './strategy-conformance.js';
export { createSuite, type SuiteCheck, type SuiteGroup } from './suite.js';
