import { basename, dirname } from 'node:path/posix';
import type { Facts } from '../../contract/facts.js';

/** Facts from one manifest; each reader returns what its format can express. */
export interface ManifestFacts {
  /** Requirements as written. `dependencies` holds those that the format already splits into name and version. */
  requirements?: string[];
  dependencies?: Facts['dependencies'];
  python?: Facts['python'];
  frameworks?: Facts['frameworks'];
  gpu?: string[];
  cog?: Record<string, unknown>;
  /** TCP ports that the repository's container listens on. */
  exposes?: number[];
  /** Requirement files that this one includes, relative to the repository. */
  includes?: string[];
  /** The manifest's own path. */
  from?: string;
}

/**
 * Reads one manifest, given its path relative to the repository and its text.
 *
 * @throws MANIFEST_INVALID
 */
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

/** Returns the kind of a manifest at the root of the repository or in `requirements/`; undefined for any other file. */
export function findManifestKind(path: string): string | undefined {
  const name = basename(path);
  const directory = dirname(path);
  if (directory === 'requirements' && name.endsWith('.txt')) return chooseRequirementsKind(name);
  if (directory !== '.') return undefined;
  if (name.startsWith('requirements') && name.endsWith('.txt')) return chooseRequirementsKind(name);
  return Object.hasOwn(kinds, name) ? kinds[name] : undefined;
}

/** Recognizes development requirements, which the software does not need. */
const chooseRequirementsKind = (name: string): string =>
  ['dev', 'test', 'lint', 'doc', 'ci'].some((word) => name.includes(word)) ? 'requirements-dev' : 'requirements';
