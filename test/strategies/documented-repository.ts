/** Code whose docstring states a call with one letter, one with two, and so on: what each is to answer. */
export function createDocumentedRepository(...wants: string[]): Record<string, string> {
  const calls = wants.map((want, index) => `    >>> predict("${'a'.repeat(index + 1)}")\n    ${want}\n`);
  return { 'main.py': `def predict(text):\n    """Counts.\n\n${calls.join('')}    """\n    return len(text)\n` };
}
