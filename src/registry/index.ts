export type { AdaptedCode, FindBaseImages } from './base.js';
export { describeNeeds, type FindNeeds, type Need } from './need.js';
export { hasProvider, isExposable, listProviders } from './providers.js';
export type { StrategyAvailability, StrategyEntry } from './strategy-entry.js';
export { type DeployConstraints, StrategyRegistry } from './strategy-registry.js';
export { type NewStrategy, writeStrategy } from './write-strategy.js';
