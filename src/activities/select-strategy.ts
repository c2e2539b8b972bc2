import { DeployConfig } from '../contract/deploy-config.js';
import { BerthError } from '../errors.js';
import type { SelectionExchange } from '../selection/index.js';
import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** Chooses the strategy, and with it the host that all later steps run on: the one that could read the source. */
export const selectStrategy = ({ selector, registry, host }: Dependencies) =>
  step(
    async (input: { config: DeployConfig }, { signal }) => {
      const { solution, strategy, allow, provider, expose, entry, resources } = parseConfig(input.config);
      const allowed = strategy === 'auto' ? allow : [strategy];
      await registry.refresh(); // one may have been written since the worker began
      const exchanges: SelectionExchange[] = [];
      const onExchange = (exchange: SelectionExchange) => exchanges.push(exchange);
      const setting = await selector.select(solution, allowed, resources, {
        ...{ onExchange, provider, expose, entry, signal },
      });
      return { setting, host, exchanges };
    },
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );

/** A workflow can be started by hand in the Web UI: this is the border where its argument is looked at. */
function parseConfig(config: unknown): DeployConfig {
  const parsed = DeployConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new BerthError('USAGE', `the deployment’s configuration is not valid: ${problems.join('; ')}`, {
    command: 'deploy',
  });
}
