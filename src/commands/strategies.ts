import { BerthError } from '../errors.js';
import { defineCommand } from './command.js';

export const strategies = defineCommand({
  name: 'strategies',
  summary: 'list strategies; show, create or test one',
  arguments: {
    action: { label: 'list|show|new|test', isRequired: false, summary: 'action (list)' },
    strategy: { label: 'STRATEGY', isRequired: false, summary: 'strategy to show, create or test; for test also DIR' },
  },
  options: {
    yes: {
      flags: '-y, --yes',
      kind: 'flag',
      summary: 'allow a test that costs money',
    },
    provider: { flags: '--provider <PROVIDER>', kind: 'text', summary: 'provider to test on' },
    directory: {
      flags: '--directory <DIR>',
      kind: 'text',
      summary: 'target directory of new ($BERTH_HOME/strategies)',
    },
  },
  examples: [
    'berth strategies',
    'berth strategies show local',
    'berth strategies new my-cloud',
    'berth strategies test my-cloud',
    'berth strategies test ./strategies/my-cloud',
    'berth strategies test modal --yes',
    'berth strategies test bentoml --provider bentocloud --yes',
  ],
  handlesInterruption: true,
  async run({ arguments: { action = 'list', strategy }, options: { directory, provider, yes }, output, signal }) {
    if (directory !== undefined && action !== 'new') throw new BerthError('USAGE', '--directory requires new');
    if (yes && action !== 'test') throw new BerthError('USAGE', '--yes requires test');
    if (provider !== undefined && action !== 'test') throw new BerthError('USAGE', '--provider requires test');
    if (action === 'list' && strategy === undefined) {
      await (await import('./strategies/list-strategies.js')).listStrategies(output);
    } else if (strategy === undefined) {
      throw new BerthError('USAGE', `${action} requires STRATEGY`);
    } else if (action === 'show') {
      await (await import('./strategies/show-strategy.js')).showStrategy(strategy, output);
    } else if (action === 'new') {
      await (await import('./strategies/create-strategy.js')).createStrategy(strategy, directory, output);
    } else if (action === 'test') {
      return await (await import('./strategies/test-strategy.js')).testStrategy(strategy, {
        provider,
        maySpend: yes,
        output,
        signal,
      });
    } else {
      throw new BerthError('USAGE', `unknown action “${action}”; use show, new or test`);
    }
    return 0;
  },
});
