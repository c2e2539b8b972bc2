import type { StrategyConfig } from '../contract/strategy-config.js';

/** Lists the providers of a strategy, its default first. */
export const listProviders = ({ provider, providers }: StrategyConfig): string[] => [
  provider ?? 'this machine',
  ...providers,
];

/** Checks whether the software can be exposed. Only on the default provider, because a cloud has its own endpoints. */
export const isExposable = (
  { exposable, provider: defaultProvider }: StrategyConfig,
  provider: string | undefined,
): boolean => exposable && (provider === undefined || provider === defaultProvider);

export const hasProvider = ({ provider: defaultProvider, providers }: StrategyConfig, provider: string): boolean =>
  provider === defaultProvider || providers.includes(provider);
