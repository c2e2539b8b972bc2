import { BerthError } from '../errors.js';
import { defineCommand } from './command.js';

export const strategies = defineCommand({
  name: 'strategies',
  summary: 'list the strategies, show one, write or test a new one',
  arguments: {
    action: { label: 'list|show|new|test', isRequired: false, summary: 'list when left out' },
    strategy: { label: 'STRATEGY', isRequired: false, summary: 'strategy to show, write, or test; for test also DIR' },
  },
  options: {
    yes: {
      flags: '-y, --yes',
      kind: 'flag',
      summary: 'allow a test that costs money: the cloud bills for it',
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
    if (directory !== undefined && action !== 'new') throw new BerthError('USAGE', '--directory is for new');
    if (yes && action !== 'test') throw new BerthError('USAGE', '--yes is for test');
    if (provider !== undefined && action !== 'test') throw new BerthError('USAGE', '--provider is for test');
    if (action === 'list' && strategy === undefined) {
      await (await import('./strategies/list-strategies.js')).listStrategies(output);
    } else if (strategy === undefined) {
      throw new BerthError('USAGE', 'give nothing, list, or one of show, new and test with STRATEGY');
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
      throw new BerthError('USAGE', `“${action}” with a strategy is nothing to do; there are show, new and test`);
    }
    return 0;
  },
});
