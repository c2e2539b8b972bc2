import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** Later files overrule earlier ones. `.berthignore` has the same format and no say outside Berth. */
const ignoreFiles = ['.gitignore', '.berthignore'];

/** The rules of one directory; patterns are relative to it. */
export interface IgnoreLayer {
  /** `''` for the root, else the directory's path with a closing `/`. */
  base: string;
  rules: Ignore;
}

const defaultRules = ignore({ ignorecase: false }).add([
  ...['.[gG][iI][tT]', '.hg', '.svn'],
  ...['__pycache__', '*.pyc', 'node_modules', '.ipynb_checkpoints', '.DS_Store'],
  ...['.mypy_cache', '.pytest_cache', '.ruff_cache', '.tox', '.nox'],
  ...['.env', '.env.*', '!.env.example'],
]);

/** What is never copied, whatever the ignore files say: histories, caches, and files that hold secrets. */
export const isExcludedByDefault = (name: string): boolean => defaultRules.ignores(name);

/** The directory's own rules, on top of those above it. */
export async function readIgnoreLayers(
  root: string,
  base: string,
  names: ReadonlySet<string>,
  above: readonly IgnoreLayer[],
): Promise<readonly IgnoreLayer[]> {
  const present = ignoreFiles.filter((name) => names.has(name));
  const texts = await Promise.all(present.map((name) => readFile(join(root, base, name), 'utf8')));
  return [...above, ...texts.map((text) => ({ base, rules: ignore({ ignorecase: false }).add(text) }))];
}

/** As git decides: the deepest file that has a word on the path has the last word. Directories end with `/`. */
export function isIgnored(path: string, layers: readonly IgnoreLayer[]): boolean {
  for (const { base, rules } of layers.toReversed()) {
    const verdict = rules.test(path.slice(base.length));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

/**
 * The layers that hold inside a directory that is walked. One that ignores the directory itself, and was overruled by a
 * deeper one, would go on ignoring all below it: it has no say there.
 */
export const layersWithin = (directory: string, layers: readonly IgnoreLayer[]): readonly IgnoreLayer[] =>
  layers.filter(({ base, rules }) => !rules.ignores(directory.slice(base.length)));
