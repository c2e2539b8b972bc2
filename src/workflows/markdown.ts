/**
 * Words from anywhere as one line of Markdown that shows them as they are. Two hyphens are escaped as well: the Web UI
 * makes a dash of them.
 */
export const plain = (words: string, most = 300): string =>
  cut(words.replaceAll(/\s+/g, ' ').trim(), most)
    .replaceAll(/[\\`*_[\]<>|~&]/g, '\\$&')
    .replaceAll('--', '\\-\\-');

/** What is typed, or is a name or a path: never broken, never beautified. */
export function code(words: string): string {
  const fence = '`'.repeat(longestRun(words) + 1);
  const pad = fence.length > 1 ? ' ' : '';
  return `${fence}${pad}${words}${pad}${fence}`;
}

/** Lines of output, each cut where it is long; of many lines the first and the last. */
export function block(text: string, { lines, width }: { lines: number; width: number }): string {
  const all = text.trimEnd().split('\n');
  const head = Math.floor(lines / 2);
  const middle = `… ${all.length - lines} lines …`;
  const chosen = all.length <= lines ? all : [...all.slice(0, head), middle, ...all.slice(head - lines)];
  const shown = chosen.map((line) => cut(line, width).replaceAll(/(?!\t)\p{Cc}/gu, ''));
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1));
  return [fence, ...shown, fence].join('\n');
}

/** Items are Markdown already. */
export const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

/** `2026-11-23 21:54 UTC`: whoever reads it may be anywhere. */
export const moment = (iso: string): string => `${iso.replace('T', ' ').slice(0, 16)} UTC`;

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));

function cut(text: string, most: number): string {
  const characters = [...text.slice(0, 2 * most + 2)]; // a character is two units at most
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
