import { previewPrompt, splitContract } from '../adaptation/index.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import { gatherFacts } from '../facts/index.js';
import { StrategyRegistry } from '../registry/index.js';
import { findOpenaiModel, SelectorAgent } from '../selection/index.js';
import type { Output } from './output.js';

/** Prints the prompt of a coding agent's first round. Starts, copies and changes nothing. */
export async function writePromptPreview(config: DeployConfig, output: Output): Promise<number> {
  const { solution, strategy, allow, resources, examples, entry } = config;
  const registry = await StrategyRegistry.scan();
  const selector = new SelectorAgent(registry, { model: findOpenaiModel() });
  const setting = await selector.select(solution, strategy === 'auto' ? allow : [strategy], resources);
  const facts = await gatherFacts(solution.path);
  // An agent finds the repository's own examples there; the prompt has only the user's.
  const { shown: contract } = splitContract({ source: examples.length > 0 ? 'user' : 'weak', examples });
  const prompt = await previewPrompt({ registry, directory: solution.path, solution, setting, facts, contract, entry });
  await output.result({ name: config.name, strategy: setting.strategy, prompt }, () => prompt.trimEnd());
  return 0;
}
