import { join, normalize } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';
import type { FunctionInterface } from '../../contract/run-interface.js';

type ModuleReference = Pick<FunctionInterface, 'module' | 'file' | 'paths' | 'package'>;

/** Lists possible files of the interface's module, relative to the repository, most likely first. */
export function listModuleFiles({ module, file, paths, package: built }: ModuleReference): string[] {
  if (file !== undefined) return [normalize(file)];
  const stem = module.replaceAll('.', '/');
  const roots = built === undefined ? paths : [built.directory, ...paths];
  const ends = [...(module === '__init__' ? [] : [`${stem}/__init__.py`]), `${stem}.py`];
  return [...new Set(roots.flatMap((root) => ends.map((end) => normalize(join(root, end)))))];
}

/** Finds the callable that an interface serves in the facts; undefined if they do not contain it. */
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
