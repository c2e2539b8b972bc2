import type { Solution } from '../../contract/deploy-config.js';
import type { Contract } from '../../contract/example.js';
import type { Facts } from '../../contract/facts.js';
import type { RunInterface } from '../../contract/run-interface.js';
import type { DeploymentSetting } from '../../contract/setting.js';
import { describeContract } from './describe-contract.js';
import { describeFacts } from './describe-facts.js';
import { fence, truncateMiddle } from './format-text.js';
import { listFiles } from './list-files.js';
import { fillPart, type PromptParts } from './prompt-parts.js';

export interface PromptInput {
  parts: PromptParts;
  solution: Solution;
  setting: DeploymentSetting;
  facts: Facts;
  /** Paths in the workspace. */
  files: readonly string[];
  /** Examples that an agent may see. */
  contract: Contract;
  /** The strategy's `adapter_instruction.md`. */
  instruction: string;
  /** Value of `--entry`: `MODULE:CALLABLE` or `MODULE:Class.method`. */
  entry?: string | undefined;
  evidence?: string | null | undefined;
  hint?: string | null | undefined;
  learned?: string | null | undefined;
  /** True if the agent's last run was interrupted. */
  isInterrupted?: boolean | undefined;
}

/**
 * Maximum characters, about four to a token: below 8,000 tokens. Facts and files are truncated first, never the user's
 * text.
 */
const maxPromptLength = 30_000;
const minRepositoryLength = 3_000;
const maxEvidenceLength = 6_000;
const maxLearnedLength = 3_000;

/** Builds the prompt that starts a session: the complete task. */
export function buildPrompt(input: PromptInput): string {
  const sections = describeTask(input);
  const fixed = fillPart(input.parts, 'begin', sections).length;
  const limit = Math.max(minRepositoryLength, maxPromptLength - fixed);
  return fillPart(input.parts, 'begin', { ...sections, ...describeRepository(input, limit) });
}

/** Builds the prompt that continues a session that knows the task. */
export const buildContinuation = (input: PromptInput): string => fillPart(input.parts, 'continue', describeTask(input));

/** Builds the prompt that requests a new final message after an invalid one. */
export const buildRetryPrompt = (input: PromptInput, problem: string): string =>
  fillPart(input.parts, 'again', { ...describeTask(input), problem });

/** Describes the task by section; sections without content are empty. */
function describeTask(input: PromptInput): Record<string, string> {
  const { parts, solution, setting, instruction, entry, evidence, hint, learned } = input;
  return {
    role: fillPart(parts, 'role', { strategy: setting.strategy }),
    goal: fillPart(parts, 'goal', {
      goal: solution.goal ?? 'Not stated. Make the main purpose of the repository callable.',
      entry: entry === undefined ? '' : `The user wants Berth to call \`${entry}\`.`,
    }),
    strategy: fillPart(parts, 'strategy', { instruction: instruction.trim() }),
    contract: fillPart(parts, 'contract', describeContract(input.contract)),
    evidence: evidence
      ? fillPart(parts, 'evidence', { evidence: fence(truncateMiddle(evidence, maxEvidenceLength)) })
      : '',
    hint: hint ? fillPart(parts, 'hint', { hint }) : '',
    learned: learned ? fillPart(parts, 'learned', { learned: fence(truncateMiddle(learned, maxLearnedLength)) }) : '',
    interrupted: input.isInterrupted ? fillPart(parts, 'interrupted', {}) : '',
    'hand-back': fillPart(parts, 'hand-back', describeHandBack(setting.runInterface)),
  };
}

function describeRepository({ parts, facts, files }: PromptInput, limit: number): Record<string, string> {
  const readme =
    facts.readme === null ? '' : `Beginning of its README:\n\n${fence(facts.readme.slice(0, limit * 0.2))}`;
  return {
    facts: fillPart(parts, 'facts', { facts: fence(describeFacts(facts, limit * 0.45)) }),
    repository: fillPart(parts, 'repository', { files: fence(listFiles(files, limit * 0.25)), readme }),
  };
}

const describeHandBack = (runInterface: RunInterface) => ({
  type: runInterface.type,
  example: JSON.stringify(runInterface),
});
