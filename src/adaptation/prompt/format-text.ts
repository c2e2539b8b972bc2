/** Text from elsewhere as a block that it cannot close by itself: the fence is longer than any in it. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}text\n${text.trimEnd()}\n${marks}`;
}

/** One line of it, whatever is in it. */
export function toOneLine(text: string, limit = 200): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}…`;
}

/** Beginning and end of a text that is too long; of output the end says most. */
export function truncateMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.floor(limit / 4);
  const left = text.length - limit;
  return `${text.slice(0, head)}\n… (${left} characters left out) …\n${text.slice(text.length - (limit - head))}`;
}

/** As many lines as have room, and how many were left out. */
export function truncateLines(lines: readonly string[], room: number): string {
  let used = 0;
  const count = lines.findIndex((line) => {
    used += line.length + 1;
    return used > room;
  });
  if (count === -1) return lines.join('\n');
  return [...lines.slice(0, count), `… and ${lines.length - count} more lines`].join('\n');
}
