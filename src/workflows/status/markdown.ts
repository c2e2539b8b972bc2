/** Escapes text for one line of Markdown. Escapes two hyphens as well, which the Web UI turns into a dash. */
export const escapeMarkdown = (text: string, maxLength = 300): string =>
  truncate(text.replaceAll(/\s+/g, ' ').trim(), maxLength)
    .replaceAll(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replaceAll('--', '\\-\\-');

/** Formats a command, a name or a path as code, so that it is shown unchanged. */
export function formatCode(text: string): string {
  const fence = '`'.repeat(findLongestBacktickRun(text) + 1);
  const pad = fence.length > 1 ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** Formats output as a code block. Truncates long lines, and omits the middle of many lines. */
export function formatCodeBlock(text: string, { lines, width }: { lines: number; width: number }): string {
  const all = text.trimEnd().split('\n');
  const head = Math.floor(lines / 2);
  const middle = `… ${all.length - lines} lines …`;
  const chosen = all.length <= lines ? all : [...all.slice(0, head), middle, ...all.slice(head - lines)];
  const shown = chosen.map((line) => truncate(line, width).replaceAll(/(?!\t)\p{Cc}/gu, ''));
  const fence = '`'.repeat(Math.max(3, findLongestBacktickRun(shown.join('\n')) + 1));
  return [fence, ...shown, fence].join('\n');
}

/** Formats items that are Markdown already. */
export const formatList = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** Formats a time as `2026-11-23 21:54 UTC`, for readers in any time zone. */
export const formatTime = (iso: string): string => `${iso.replace('T', ' ').slice(0, 16)} UTC`;

const findLongestBacktickRun = (text: string): number =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

function truncate(text: string, maxLength: number): string {
  const characters = [...text.slice(0, 2 * maxLength + 2)]; // a character is two units at most
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}
