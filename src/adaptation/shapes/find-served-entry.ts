import { join, normalize } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import type { FunctionInterface } from '../../contract/run-interface.js';

type ModuleReference = Pick<FunctionInterface, 'module' | 'file' | 'paths' | 'package'>;

/** Files that the interface's module may be, relative to the repository, the likeliest first. */
export function listModuleFiles({ module, file, paths, package: made }: ModuleReference): string[] {
  if (file !== undefined) return [normalize(file)];
  const stem = module.replaceAll('.', '/');
  const roots = made === undefined ? paths : [made.directory, ...paths];
  const ends = [...(module === '__init__' ? [] : [`${stem}/__init__.py`]), `${stem}.py`];
  return [...new Set(roots.flatMap((root) => ends.map((end) => normalize(join(root, end)))))];
}

/** What the facts say of the callable that an interface serves; undefined where reading does not see it. */
export function findServedEntry(
  facts: Facts,
  served: ModuleReference & Pick<FunctionInterface, 'callable'>,
): EntryPoint | undefined {
  const [name] = served.callable.split('.');
  const named = facts.entryPoints.filter(({ callable }) => callable === name);
  const files = listModuleFiles(served);
  return (
    named.find(({ module, file }) => module === served.module && files.includes(file)) ??
    named.find(({ module }) => module === served.module) ??
    named.find(({ file }) => files.includes(file))
  );
}
