import { type BerthHome, berthHome } from '../../home/home.js';
import type { StrategyRegistry } from '../../registry/index.js';
import { listSourceFiles } from '../../workspaces/index.js';
import { buildPrompt, type PromptInput } from './build-prompt.js';
import { readPromptParts } from './prompt-parts.js';

export interface PromptRequest extends Omit<PromptInput, 'parts' | 'files' | 'instruction'> {
  registry: Pick<StrategyRegistry, 'getAdapterInstruction'>;
  /** Directory of the files: the workspace, or the source if there is none yet. */
  directory: string;
  home?: BerthHome | undefined;
}

/**
 * Reads everything that a prompt is built from.
 *
 * @throws AGENT_CONFIG when a part of the prompt cannot be read
 */
export async function gatherPromptInput(request: PromptRequest): Promise<PromptInput> {
  const { registry, directory, home = berthHome(), ...input } = request;
  const [parts, files] = await Promise.all([readPromptParts(home), listSourceFiles(directory)]);
  const instruction = registry.getAdapterInstruction(input.setting.strategy);
  return { ...input, parts, files: files.map(({ path }) => path), instruction };
}

/** Returns the prompt that a coding agent would receive in its first round. */
export const previewPrompt = async (request: PromptRequest): Promise<string> =>
  buildPrompt(await gatherPromptInput(request));
