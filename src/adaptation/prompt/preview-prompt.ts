import { type BerthHome, berthHome } from '../../home/home.js';
import type { StrategyRegistry } from '../../registry/index.js';
import { listSourceFiles } from '../../workspaces/index.js';
import { buildPrompt, type PromptInput } from './build-prompt.js';
import { readPromptParts } from './prompt-parts.js';

export interface PromptRequest extends Omit<PromptInput, 'parts' | 'files' | 'instruction'> {
  registry: Pick<StrategyRegistry, 'getAdapterInstruction'>;
  /** Where the files lie: the workspace, or the source before there is one. */
  directory: string;
  home?: BerthHome | undefined;
}

/** All that a prompt is built from, read. Throws AGENT_CONFIG when a part of it can't be. */
export async function gatherPromptInput(request: PromptRequest): Promise<PromptInput> {
  const { registry, directory, home = berthHome(), ...input } = request;
  const [parts, files] = await Promise.all([readPromptParts(home), listSourceFiles(directory)]);
  const instruction = registry.getAdapterInstruction(input.setting.strategy);
  return { ...input, parts, files: files.map(({ path }) => path), instruction };
}

/** The prompt that a coding agent would be given first. */
export const previewPrompt = async (request: PromptRequest): Promise<string> =>
  buildPrompt(await gatherPromptInput(request));
