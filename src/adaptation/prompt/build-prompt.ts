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
  /** The examples that an agent may see. */
  contract: Contract;
  /** The strategy's `adapter_instruction.md`. */
  instruction: string;
  /** `MODULE:CALLABLE` or `MODULE:Class.method`, where the user said so. */
  entry?: string | undefined;
  evidence?: string | null | undefined;
  hint?: string | null | undefined;
  learned?: string | null | undefined;
  /** The agent's last run was cut off. */
  isInterrupted?: boolean | undefined;
}

/** Characters, about four to a token: below 8,000 tokens. What the repository fills gives way, people's words do not. */
const maxPromptLength = 30_000;
const minRepositoryLength = 3_000;
const maxEvidenceLength = 6_000;
const maxLearnedLength = 3_000;

/** What begins a session: the whole task. */
export function buildPrompt(input: PromptInput): string {
  const sections = describeTask(input);
  const fixed = fillPart(input.parts, 'begin', sections).length;
  const room = Math.max(minRepositoryLength, maxPromptLength - fixed);
  return fillPart(input.parts, 'begin', { ...sections, ...describeRepository(input, room) });
}

/** What goes on with a session that knows the task. */
export const buildContinuation = (input: PromptInput): string => fillPart(input.parts, 'continue', describeTask(input));

/** What asks again for a final message that could not be used. */
export const buildRetryPrompt = (input: PromptInput, problem: string): string =>
  fillPart(input.parts, 'again', { ...describeTask(input), problem });

/** Each section as text, empty where there is nothing to say. */
function describeTask(input: PromptInput): Record<string, string> {
  const { parts, solution, setting, instruction, entry, evidence, hint, learned } = input;
  return {
    role: fillPart(parts, 'role', { strategy: setting.strategy }),
    goal: fillPart(parts, 'goal', {
      goal: solution.goal ?? 'None is given: make what the repository is for callable.',
      entry: entry === undefined ? '' : `The user wants this to be called: \`${entry}\``,
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

function describeRepository({ parts, facts, files }: PromptInput, room: number): Record<string, string> {
  const readme = facts.readme === null ? '' : `Beginning of its README:\n\n${fence(facts.readme.slice(0, room * 0.2))}`;
  return {
    facts: fillPart(parts, 'facts', { facts: fence(describeFacts(facts, room * 0.45)) }),
    repository: fillPart(parts, 'repository', { files: fence(listFiles(files, room * 0.25)), readme }),
  };
}

const describeHandBack = (runInterface: RunInterface) => ({
  type: runInterface.type,
  example: JSON.stringify(runInterface),
});
