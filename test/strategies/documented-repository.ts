/** Creates code with documented calls: one with one letter, one with two, and so on, each with its expected answer. */
export function createDocumentedRepository(...expected: string[]): Record<string, string> {
  const calls = expected.map((answer, index) => `    >>> predict("${'a'.repeat(index + 1)}")\n    ${answer}\n`);
  return { 'main.py': `def predict(text):\n    """Counts.\n\n${calls.join('')}    """\n    return len(text)\n` };
}
