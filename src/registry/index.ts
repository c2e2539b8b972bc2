export type { StrategyEntry } from './strategy-entry.js';
export { StrategyRegistry } from './strategy-registry.js';
