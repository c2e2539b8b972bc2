import type { StrategyConfig } from '../contract/strategy-config.js';

/** What the strategy can run on, its default first. */
export const listProviders = ({ provider, providers }: StrategyConfig): string[] => [
  provider ?? 'this machine',
  ...providers,
];

/** A cloud's endpoint is its own: `exposable` speaks of what runs on the strategy's own provider. */
export const isExposable = ({ exposable, provider: own }: StrategyConfig, wanted: string | undefined): boolean =>
  exposable && (wanted === undefined || wanted === own);

export const hasProvider = ({ provider, providers }: StrategyConfig, wanted: string): boolean =>
  provider === wanted || providers.includes(wanted);
