import { toDeploymentError } from '../client/deployment-failure.js';
import type { DeploymentInfo } from '../contract/status.js';
import { berthHome } from '../home/home.js';
import type { StrategyRegistry } from '../registry/index.js';
import { DeployedSoftware } from './deployed-software.js';
import type { DeployOptions } from './prepare-config.js';

export interface CreateOptions {
  /** Called with each new info of the deployment. */
  onChange?: (info: DeploymentInfo) => void;
  /** Ends the wait; the deployment continues. */
  signal?: AbortSignal;
}

/** Deploys solutions and describes strategies. */
export const DeploymentFactory = {
  /**
   * Deploys a solution and resolves with the running, verified software. `strategy` is a strategy's name, or `auto` to
   * choose among `strategies`, by default all. Both are checked before anything is started.
   *
   * @throws STRATEGY_UNKNOWN, STRATEGY_NOT_ALLOWED, NAME_TAKEN and others when the request is invalid; the error that a
   * failed deployment waits with.
   */
  async create(
    strategy: string,
    config: Omit<DeployOptions, 'strategy' | 'allow'>,
    strategies?: readonly string[],
    options: CreateOptions = {},
  ): Promise<DeployedSoftware> {
    const home = berthHome();
    const registry = await scanStrategies(home);
    const { provider, expose, resources } = config;
    registry.requireDeployable({ strategy, allow: strategies, provider, expose, schedule: resources?.schedule });
    const allow = strategies === undefined ? {} : { allow: [...strategies] };
    const { prepareConfig } = await import('./prepare-config.js');
    const prepared = await prepareConfig(home, { ...config, strategy, ...allow });
    const { DeploymentClient } = await import('../client/deployment-client.js');
    const client = await DeploymentClient.connect();
    try {
      await client.deploy(prepared);
      const { onChange = () => {}, ...rest } = options;
      const info = await client.follow(prepared.name, onChange, rest);
      if (info.state !== 'running') throw toDeploymentError(info);
    } finally {
      await client.close();
    }
    return await DeployedSoftware.open(prepared.name, home);
  },

  /** Lists the names of the usable strategies. */
  async listStrategies(): Promise<string[]> {
    return (await scanStrategies()).listStrategies();
  },

  /**
   * Returns the strategy's own description of its purpose and of when to choose it.
   *
   * @throws STRATEGY_UNKNOWN when there is no such strategy.
   */
  async explainStrategy(name: string): Promise<string> {
    return (await scanStrategies()).getSelectorInstruction(name);
  },
};

/** Loads the registry on demand, because a plugin's `import 'berth'` loads this file at each `berth run`. */
async function scanStrategies(home = berthHome()): Promise<StrategyRegistry> {
  const { StrategyRegistry } = await import('../registry/index.js');
  return await StrategyRegistry.scan({ home });
}
