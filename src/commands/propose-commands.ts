import type { BerthError } from '../errors.js';
import { quoteShellWord } from '../quote-shell-word.js';

/** Options that resolve an ambiguity, with the sentence that introduces the proposals. */
const choices: Partial<Record<BerthError['code'], { flag: string; prompt: string }>> = {
  ENTRY_AMBIGUOUS: { flag: '--entry', prompt: 'Choose one' },
  ENTRY_NOT_FOUND: { flag: '--entry', prompt: 'Name an entry' },
  STRATEGY_UNDECIDED: { flag: '--strategy', prompt: 'Choose one' },
};

/** Commands that take these options. */
const commands = new Set(['deploy', 'redeploy']);

const maxProposed = 5;

/** Repeats the command with each candidate, ready to paste; undefined when there is nothing to choose. */
export function proposeCommands({ code, details }: BerthError, words: readonly string[]): string | undefined {
  const choice = choices[code];
  const { candidates = [] } = details;
  const command = words.find((word) => !word.startsWith('-'));
  if (choice === undefined || !Array.isArray(candidates) || candidates.length === 0) return undefined;
  if (command === undefined || !commands.has(command)) return undefined;
  const rest = removeOption(words.map(maskSecret), choice.flag);
  const lines = candidates
    .slice(0, maxProposed)
    .map((candidate) => ['berth', ...rest, choice.flag, candidate].map(quoteShellWord).join(' '));
  const more = candidates.length > maxProposed ? [`and ${candidates.length - maxProposed} more`] : [];
  return lines.length === 1
    ? `${choice.prompt}: ${lines[0]}`
    : [`${choice.prompt}:`, ...[...lines, ...more].map((line) => `  ${line}`)].join('\n');
}

function removeOption(words: readonly string[], flag: string): string[] {
  return words.filter((word, index) => {
    const isValue = words[index - 1] === flag;
    return word !== flag && !isValue && !word.startsWith(`${flag}=`);
  });
}

/** Masks the value in `--env NAME=VALUE`, which may be a secret. */
const maskSecret = (word: string, index: number, words: readonly string[]): string => {
  if (words[index - 1] === '--env') return word.replace(/=[\s\S]*/, '=…');
  return word.replace(/^(--env=[^=]+)=[\s\S]*/, '$1=…');
};
