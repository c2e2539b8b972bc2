import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Facts } from '../../contract/facts.js';
import { readCog } from './cog.js';
import { readConda } from './conda.js';
import { readDockerfile } from './dockerfile.js';
import { readLanggraph } from './langgraph.js';
import { type ManifestFacts, type ManifestReader, manifestKind } from './manifest.js';
import { readPipfile } from './pipfile.js';
import { readPyproject } from './pyproject.js';
import { readPythonVersion } from './python-version.js';
import { readRequirements } from './requirements.js';

/** setup.py and setup.cfg are read by Python; lock files repeat what others ask for, with all that it drags in. */
const readers: Record<string, ManifestReader> = {
  pyproject: readPyproject,
  requirements: readRequirements,
  pipfile: readPipfile,
  conda: readConda,
  cog: readCog,
  dockerfile: readDockerfile,
  langgraph: readLanggraph,
  'python-version': readPythonVersion,
  'runtime.txt': readPythonVersion,
};

export interface Manifests {
  manifests: Facts['manifests'];
  /** In the order of `manifests`, then what they include. */
  facts: ManifestFacts[];
}

/** The manifests at the top of the repository, and what they say. `files`: all its files. Throws MANIFEST_INVALID. */
export async function readManifests(root: string, files: string[]): Promise<Manifests> {
  const manifests = files.flatMap((file) => {
    const kind = manifestKind(file);
    return kind === undefined ? [] : [{ file, kind }];
  });
  const readings = await Promise.all(manifests.map(({ file, kind }) => readManifest(root, file, kind)));
  const seen = new Set(manifests.map(({ file }) => file));
  const included = await readIncluded(root, files, readings, seen);
  return { manifests, facts: [...readings, ...included] };
}

async function readManifest(root: string, file: string, kind: string): Promise<ManifestFacts> {
  const reader = readers[kind];
  return reader === undefined ? {} : reader(file, await readFile(join(root, file), 'utf8'));
}

/** Requirement files that others include, each once. */
async function readIncluded(
  root: string,
  files: string[],
  readings: ManifestFacts[],
  seen: Set<string>,
): Promise<ManifestFacts[]> {
  const wanted = new Set(readings.flatMap(({ includes = [] }) => includes));
  const next = [...wanted].filter((file) => files.includes(file) && !seen.has(file));
  if (next.length === 0) return [];
  for (const file of next) seen.add(file);
  const found = await Promise.all(next.map((file) => readManifest(root, file, 'requirements')));
  return [...found, ...(await readIncluded(root, files, found, seen))];
}
