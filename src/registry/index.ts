export type { FindNeeds, Need } from './need.js';
export type { StrategyEntry } from './strategy-entry.js';
export { StrategyRegistry } from './strategy-registry.js';
