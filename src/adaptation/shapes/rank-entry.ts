import { basename, dirname } from 'node:path/posix';
import type { EntryPoint, Facts } from '../../contract/facts.js';

const conventionalFiles = new Set([
  ...['predict.py', 'predictor.py', 'main.py', 'app.py', 'inference.py', 'infer.py', 'model.py', 'handler.py'],
  ...['run.py', 'serve.py', 'agent.py', 'pipeline.py', '__init__.py'],
]);

/** What lies there shows or tests the software; it is not the software. */
const sideDirectories = new Set([
  ...['examples', 'example', 'docs', 'doc', 'scripts', 'tools', 'benchmarks', 'benchmark', 'bench'],
  ...['notebooks', 'demo', 'demos', 'samples', 'training', 'train', 'tests', 'test', 'testing'],
]);

/** Rank of what lies beside the software. */
const sideRank = 3;

/**
 * How likely a file is the one to call, best first: 0 a conventional name at an import root; 1 a conventional name in a
 * package, or any file at a root; 2 the rest; 3 what lies beside the software (`examples`, `scripts`, tests).
 */
export const rankEntry = ({ file, module }: EntryPoint): number => rankFile(file, !module.includes('.'));

/** Files that do not parse, and could hide something better than a callable of this place; the likeliest first. */
export function listHidingErrors(facts: Facts, place: number): Facts['syntaxErrors'] {
  const ranked = facts.syntaxErrors.map((error) => ({ error, rank: rankFile(error.file, isAtRoot(error.file)) }));
  return ranked
    .filter((broken) => broken.rank < Math.min(place, sideRank))
    .sort((left, right) => left.rank - right.rank)
    .map(({ error }) => error);
}

/** Of a file whose module is not known, because it does not parse. */
const isAtRoot = (file: string): boolean => ['.', 'src'].includes(dirname(file));

function rankFile(file: string, isRoot: boolean): number {
  if (
    file
      .split('/')
      .slice(0, -1)
      .some((directory) => sideDirectories.has(directory))
  )
    return sideRank;
  const isConventional = conventionalFiles.has(basename(file));
  if (isConventional && isRoot) return 0;
  return isConventional || isRoot ? 1 : 2;
}
