import { basename, dirname } from 'node:path/posix';
import type { Facts } from '../../contract/facts.js';

/** What one manifest says; each reader gives what its format knows. */
export interface ManifestFacts {
  /** Requirements as written, one each; `dependencies` are those that the format itself has split. */
  requirements?: string[];
  dependencies?: Facts['dependencies'];
  python?: Facts['python'];
  frameworks?: Facts['frameworks'];
  gpu?: string[];
  cog?: Record<string, unknown>;
  /** TCP ports on which a container of the repository's listens. */
  exposes?: number[];
  /** Other requirement files that this one includes, relative to the repository. */
  includes?: string[];
  /** The manifest itself. */
  from?: string;
}

/** Reads one manifest: its path, relative to the repository, and its text. Throws MANIFEST_INVALID. */
export type ManifestReader = (file: string, text: string) => ManifestFacts | Promise<ManifestFacts>;

const kinds: Record<string, string> = {
  'pyproject.toml': 'pyproject',
  'setup.py': 'setup.py',
  'setup.cfg': 'setup.cfg',
  Pipfile: 'pipfile',
  'Pipfile.lock': 'pipfile-lock',
  'poetry.lock': 'poetry-lock',
  'uv.lock': 'uv-lock',
  'environment.yml': 'conda',
  'environment.yaml': 'conda',
  'cog.yaml': 'cog',
  'langgraph.json': 'langgraph',
  'bentofile.yaml': 'bentofile',
  Dockerfile: 'dockerfile',
  'compose.yaml': 'compose',
  'compose.yml': 'compose',
  'docker-compose.yaml': 'compose',
  'docker-compose.yml': 'compose',
  Procfile: 'procfile',
  'package.json': 'package.json',
  '.python-version': 'python-version',
  'runtime.txt': 'runtime.txt',
};

/** Kind of a manifest at the top of the repository, or in `requirements/`; undefined for every other file. */
export function findManifestKind(path: string): string | undefined {
  const name = basename(path);
  const directory = dirname(path);
  if (directory === 'requirements' && name.endsWith('.txt')) return chooseRequirementsKind(name);
  if (directory !== '.') return undefined;
  if (name.startsWith('requirements') && name.endsWith('.txt')) return chooseRequirementsKind(name);
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

/** What only its makers need does not belong to the software. */
const chooseRequirementsKind = (name: string): string =>
  ['dev', 'test', 'lint', 'doc', 'ci'].some((word) => name.includes(word)) ? 'requirements-dev' : 'requirements';
