/** Returns the message of a parser's error. A stack overflow, also one that the parser reports, is deep nesting. */
export function describeParseError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes('Maximum call stack size exceeded') ? 'it is nested too deeply' : message;
}
