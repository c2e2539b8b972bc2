import type { StrategyConfig } from '../contract/strategy-config.js';
import { BerthError } from '../errors.js';
import { hasProvider, isExposable, listProviders } from './providers.js';

/**
 * Checks that one of these strategies runs on the provider.
 *
 * @throws PROVIDER_UNKNOWN when none does.
 */
export function requireProvider(choices: readonly StrategyConfig[], provider: string): void {
  if (choices.some((config) => hasProvider(config, provider))) return;
  const known = choices.map((config) => `${config.name} (${listProviders(config).join(', ')})`).join(', ');
  throw new BerthError('PROVIDER_UNKNOWN', `there is no provider “${provider}”; strategies run on: ${known}`);
}

/**
 * Checks that one of these strategies can be exposed on this provider. `all` are the strategies that the error may suggest.
 *
 * @throws EXPOSE_UNSUPPORTED when none can.
 */
export function requireExposable(
  choices: readonly StrategyConfig[],
  { all, provider }: { all: readonly StrategyConfig[]; provider: string | undefined },
): void {
  if (choices.some((config) => isExposable(config, provider))) return;
  if (choices.some(({ exposable }) => exposable)) {
    const message = `endpoints of ${provider} are always reachable from other machines, with the account’s token`;
    throw new BerthError('EXPOSE_UNSUPPORTED', `${message}, so --expose has no effect`);
  }
  const message = `other machines cannot call software of ${listNames(choices)}, so --expose is not supported`;
  const capable = all.filter(({ exposable }) => exposable);
  throw new BerthError('EXPOSE_UNSUPPORTED', `${message}; ${suggest(capable)}`);
}

/**
 * Checks that one of these strategies can run software on a schedule. `all` are the strategies that the error may suggest.
 *
 * @throws RESOURCE_INVALID when none can.
 */
export function requireSchedulable(
  choices: readonly StrategyConfig[],
  { all }: { all: readonly StrategyConfig[] },
): void {
  if (choices.some(({ schedulable }) => schedulable)) return;
  const message = `schedule: software of ${listNames(choices)} runs only when it is called, not on a schedule`;
  const remedy = suggest(all.filter(({ schedulable }) => schedulable));
  throw new BerthError('RESOURCE_INVALID', `${message}; ${remedy}. To redeploy on a schedule: berth schedule create`);
}

const listNames = (configs: readonly StrategyConfig[]): string => configs.map(({ name }) => name).join(', ');

const suggest = (capable: readonly StrategyConfig[]): string =>
  capable.length === 0 ? 'no strategy can' : `${listNames(capable)} can`;
