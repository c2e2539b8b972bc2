import { DeployConfig } from '../contract/deploy-config.js';
import { BerthError } from '../errors.js';
import type { SelectionExchange } from '../selection/index.js';
import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

/** Selects the strategy, and this host for all later steps, because it can read the source. */
export const selectStrategy = ({ selector, registry, host }: Dependencies) =>
  step(
    async (input: { config: DeployConfig }, { signal }) => {
      const { solution, strategy, allow, provider, expose, entry, resources } = parseConfig(input.config);
      const allowed = strategy === 'auto' ? allow : [strategy];
      await registry.refresh(); // a strategy may have been added since the worker started
      const exchanges: SelectionExchange[] = [];
      const setting = await selector.select(solution, allowed, resources, {
        onExchange: (exchange) => exchanges.push(exchange),
        provider,
        expose,
        entry,
        signal,
      });
      return { setting, host, exchanges };
    },
    ({ config }) => ({ name: config.name, path: config.solution.path }),
  );

/** Parses the argument of the workflow, which may have been started by hand in the Web UI. */
function parseConfig(config: unknown): DeployConfig {
  const parsed = DeployConfig.safeParse(config);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new BerthError('USAGE', `the deployment’s configuration is invalid: ${problems.join('; ')}`, {
    command: 'deploy',
  });
}
