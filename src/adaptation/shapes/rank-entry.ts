import { basename, dirname } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';

const conventionalFiles = new Set([
  'predict.py',
  'predictor.py',
  'main.py',
  'app.py',
  'inference.py',
  'infer.py',
  'model.py',
  'handler.py',
  'run.py',
  'serve.py',
  'agent.py',
  'pipeline.py',
  '__init__.py',
]);

/** Directories with code that demonstrates or tests the software. */
const auxiliaryDirectories = new Set([
  'examples',
  'example',
  'docs',
  'doc',
  'scripts',
  'tools',
  'benchmarks',
  'benchmark',
  'bench',
  'notebooks',
  'demo',
  'demos',
  'samples',
  'training',
  'train',
  'tests',
  'test',
  'testing',
]);

/** Rank of files in auxiliary directories. */
const auxiliaryRank = 3;

/**
 * Ranks how likely an entry is the one to call, best first: 0 for a conventional file name at an import root; 1 for a
 * conventional name in a package, or any file at a root; 2 for the rest; 3 for auxiliary directories (`examples`,
 * tests).
 */
export const rankEntry = ({ file, module }: EntryPoint): number => rankFile(file, !module.includes('.'));

/** Lists files that do not parse and may hide a better entry than one of this rank, most likely first. */
export function listHidingErrors(facts: Facts, rank: number): Facts['syntaxErrors'] {
  const ranked = facts.syntaxErrors.map((error) => ({ error, rank: rankFile(error.file, isAtRoot(error.file)) }));
  return ranked
    .filter((broken) => broken.rank < Math.min(rank, auxiliaryRank))
    .sort((left, right) => left.rank - right.rank)
    .map(({ error }) => error);
}

/** Checks by the path whether a file is at an import root: the module of a file that does not parse is unknown. */
const isAtRoot = (file: string): boolean => ['.', 'src'].includes(dirname(file));

function rankFile(file: string, isRoot: boolean): number {
  if (
    file
      .split('/')
      .slice(0, -1)
      .some((directory) => auxiliaryDirectories.has(directory))
  )
    return auxiliaryRank;
  const isConventional = conventionalFiles.has(basename(file));
  if (isConventional && isRoot) return 0;
  return isConventional || isRoot ? 1 : 2;
}
