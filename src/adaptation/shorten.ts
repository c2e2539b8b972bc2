const longest = 300;

/** A value as JSON, short enough to read. */
export function shorten(value: unknown, limit = longest): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}
