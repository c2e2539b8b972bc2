import type { ManifestRequirements } from './manifest-requirements.js';
import type { Repository } from './repository.js';
import { asText, asTexts, parseTable, tableAt } from './tables.js';

/** Reads the requirements in a script's metadata (PEP 723); returns undefined when the file has none. */
export async function readScriptRequirements(
  repository: Repository,
  file: string,
): Promise<ManifestRequirements | undefined> {
  const text = file.endsWith('.py') ? await repository.readText(file) : undefined;
  const block = text === undefined ? undefined : findBlock(text);
  const script =
    block === undefined
      ? undefined
      : await parseTable(file, block, 'toml').catch((error: Error) => repository.markUnread(file, error.message));
  if (script === undefined) return undefined;
  const indexes = tableAt(script, 'tool', 'uv')?.index;
  const options = (Array.isArray(indexes) ? indexes : []).flatMap((index: { url?: unknown; default?: unknown }) => {
    const url = asText(index?.url);
    return url === undefined ? [] : [`${index.default === true ? '--index-url' : '--extra-index-url'} ${url}`];
  });
  return {
    from: `${file} (# /// script)`,
    lines: asTexts(script.dependencies),
    options,
    python: asText(script['requires-python']),
  };
}

/** Returns the text between `# /// script` and `# ///` without comment signs, at the same lines as in the file. */
function findBlock(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const start = lines.indexOf('# /// script');
  if (start === -1) return undefined;
  let end = start + 1;
  while (end < lines.length && /^#( |$)/.test(lines[end] ?? '')) end += 1;
  const last = lines.lastIndexOf('# ///', end - 1);
  if (last <= start) return undefined;
  const block = lines.slice(start + 1, last).map((line) => line.replace(/^# ?/, ''));
  return '\n'.repeat(start + 1) + block.join('\n');
}
