/**
 * The JSON object in what a model said: the whole of it, in a fence, or somewhere among prose; the last one counts.
 * Undefined where there is none.
 */
export function findJson(text: string): object | undefined {
  const said = text.replaceAll(/<think>[\s\S]*?<\/think>/g, '').trim();
  const fenced = [...said.matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, content = '']) => content);
  for (const candidate of [said, ...fenced.toReversed()]) {
    const object = parseObject(candidate);
    if (object !== undefined) return object;
  }
  const end = said.lastIndexOf('}') + 1;
  for (let start = said.indexOf('{'); start !== -1 && start < end; start = said.indexOf('{', start + 1)) {
    const object = parseObject(said.slice(start, end));
    if (object !== undefined) return object;
  }
  return undefined;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
