/** Fences untrusted text in a block that it cannot close: the fence is longer than any fence in it. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}text\n${text.trimEnd()}\n${marks}`;
}

/** Collapses a text into one line and truncates it. */
export function toOneLine(text: string, limit = 200): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}…`;
}

/** Truncates the middle of a long text. Three quarters of the limit go to the end, which matters most in output. */
export function truncateMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.floor(limit / 4);
  const omitted = text.length - limit;
  return `${text.slice(0, head)}\n… (${omitted} characters omitted) …\n${text.slice(text.length - (limit - head))}`;
}

/** Joins the lines that fit into `limit` characters, and counts the rest. */
export function truncateLines(lines: readonly string[], limit: number): string {
  let used = 0;
  const count = lines.findIndex((line) => {
    used += line.length + 1;
    return used > limit;
  });
  if (count === -1) return lines.join('\n');
  return [...lines.slice(0, count), `… and ${lines.length - count} more lines`].join('\n');
}
