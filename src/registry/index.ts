export type { FindNeeds, Need } from './need.js';
export { hasProvider, listProviders } from './providers.js';
export type { StrategyEntry } from './strategy-entry.js';
export { StrategyRegistry } from './strategy-registry.js';
