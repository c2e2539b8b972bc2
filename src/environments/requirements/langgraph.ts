import { join } from 'node:path/posix';
import type { Repository } from './repository.js';
import { asText, asTexts } from './tables.js';

export interface GraphDependencies {
  file: string;
  /** Directories of the repository whose manifests count. */
  directories: string[];
  /** Requirements by name. */
  lines: string[];
  python: string | undefined;
}

/** Reads `dependencies` of `langgraph.json`. Directories start with a dot; all others are requirement lines. */
export async function readLanggraph(repository: Repository, directory: string): Promise<GraphDependencies | undefined> {
  const file = join(directory, 'langgraph.json');
  const document = await repository.readManifest(file);
  const dependencies = asTexts(document?.dependencies);
  if (dependencies.length === 0) return undefined;
  const isLocal = (dependency: string): boolean => dependency.startsWith('.');
  return {
    file,
    directories: [...new Set(dependencies.filter(isLocal).map((path) => stripTrailingSlash(join(directory, path))))],
    lines: dependencies.filter((dependency) => !isLocal(dependency)),
    python: asText(document?.python_version),
  };
}

const stripTrailingSlash = (path: string): string => (path.length > 1 ? path.replace(/\/$/, '') : path);
