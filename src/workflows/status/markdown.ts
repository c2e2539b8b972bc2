/**
 * Words from anywhere as one line of Markdown that shows them as they are. Two hyphens are escaped as well: the Web UI
 * makes a dash of them.
 */
export const escapeMarkdown = (text: string, maxLength = 300): string =>
  truncate(text.replaceAll(/\s+/g, ' ').trim(), maxLength)
    .replaceAll(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replaceAll('--', '\\-\\-');

/** What is typed, or is a name or a path: never broken, never beautified. */
export function formatCode(text: string): string {
  const fence = '`'.repeat(findLongestBacktickRun(text) + 1);
  const pad = fence.length > 1 ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** Lines of output, each cut where it is long; of many lines the first and the last. */
export function formatCodeBlock(text: string, { lines, width }: { lines: number; width: number }): string {
  const all = text.trimEnd().split('\n');
  const head = Math.floor(lines / 2);
  const middle = `… ${all.length - lines} lines …`;
  const chosen = all.length <= lines ? all : [...all.slice(0, head), middle, ...all.slice(head - lines)];
  const shown = chosen.map((line) => truncate(line, width).replaceAll(/(?!\t)\p{Cc}/gu, ''));
  const fence = '`'.repeat(Math.max(3, findLongestBacktickRun(shown.join('\n')) + 1));
  return [fence, ...shown, fence].join('\n');
}

/** Items are Markdown already. */
export const formatList = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** `2026-11-23 21:54 UTC`: whoever reads it may be anywhere. */
export const formatTime = (iso: string): string => `${iso.replace('T', ' ').slice(0, 16)} UTC`;

const findLongestBacktickRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

function truncate(text: string, maxLength: number): string {
  const characters = [...text.slice(0, 2 * maxLength + 2)]; // a character is two units at most
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}
