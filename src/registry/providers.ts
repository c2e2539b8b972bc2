import type { StrategyConfig } from '../contract/strategy-config.js';

/** What the strategy can run on, its default first. */
export const listProviders = ({ provider, providers }: StrategyConfig): string[] => [
  provider ?? 'this machine',
  ...providers,
];

export const hasProvider = ({ provider, providers }: StrategyConfig, wanted: string): boolean =>
  provider === wanted || providers.includes(wanted);
