import type { Facts } from '../../contract/facts.js';
import { TimeSlicer } from '../../parsing/time-slicing.js';
import { readSourceText } from '../../workspaces/read-source-text.js';
import { readBentofile } from './bentofile.js';
import { readCog } from './cog.js';
import { readConda } from './conda.js';
import { readDockerfile } from './dockerfile.js';
import { readLanggraph } from './langgraph.js';
import { findManifestKind, type ManifestFacts, type ManifestReader } from './manifest.js';
import { parseRequirement } from './parse-requirement.js';
import { readPipfile } from './pipfile.js';
import { readPyproject } from './pyproject.js';
import { readPythonVersion } from './python-version.js';
import { readRequirementsFile } from './requirements-file.js';

/** Readers by kind. Python reads setup.py and setup.cfg; lock files only repeat other manifests with their transitive dependencies. */
const readers: Record<string, ManifestReader> = {
  pyproject: readPyproject,
  requirements: readRequirementsFile,
  pipfile: readPipfile,
  conda: readConda,
  cog: readCog,
  dockerfile: readDockerfile,
  langgraph: readLanggraph,
  bentofile: readBentofile,
  'python-version': readPythonVersion,
  'runtime.txt': readPythonVersion,
};

/** Maximum bytes of a manifest; real ones are far smaller. */
const maxManifestBytes = 1_000_000;
const maxDockerfileBytes = 200_000;

/** Maximum manifests, including nested ones, and requirements that are read. */
const maxManifests = 200;
const maxRequirements = 5000;

export interface Manifests {
  manifests: Facts['manifests'];
  /** In the order of `manifests`, followed by the files that they include. */
  facts: ManifestFacts[];
  /** Sentences about manifests that could not be read. */
  notes: string[];
}

/** Finds and reads the manifests at the root of the repository. `files` lists all files of the repository. */
export async function readManifests(root: string, files: string[]): Promise<Manifests> {
  const pending = files.flatMap((file) => {
    const kind = findManifestKind(file);
    return kind === undefined ? [] : [{ file, kind }];
  });
  const known = new Set(files);
  const seen = new Set(pending.map(({ file }) => file));
  const manifests: Facts['manifests'] = [...pending];
  const found: Manifests = { manifests, facts: [], notes: [] };
  for (const [index, { file, kind }] of pending.entries()) {
    if (index === maxManifests) found.notes.push(`Only the first ${maxManifests} requirement files were read.`);
    if (index >= maxManifests) break;
    const reading = await readManifest(root, file, kind);
    if (typeof reading === 'string') found.notes.push(`${reading}.`);
    if (typeof reading === 'string' && index < manifests.length) manifests[index] = { file, kind, problem: reading };
    if (typeof reading === 'string') continue;
    found.facts.push(reading);
    for (const included of reading.includes ?? []) {
      if (!known.has(included) || seen.has(included)) continue;
      seen.add(included);
      pending.push({ file: included, kind: 'requirements' });
    }
  }
  found.facts = await parseAllRequirements(found);
  return found;
}

/** Returns the facts of a manifest, or why it cannot be read: `pyproject.toml:3: Invalid TOML document`. */
async function readManifest(root: string, file: string, kind: string): Promise<ManifestFacts | string> {
  const reader = readers[kind];
  if (reader === undefined) return {};
  const { text, problem } = await readSourceText(
    root,
    file,
    kind === 'dockerfile' ? maxDockerfileBytes : maxManifestBytes,
  );
  if (text === undefined) return `${file} ${problem}`;
  try {
    return { ...(await reader(file, text)), from: file };
  } catch (error) {
    const [message = ''] = String((error as Error).message).split('\n');
    return message.startsWith(file) ? message : `${file}: ${message}`;
  }
}

/** Parses the requirements into dependencies. Thousands take seconds, so this yields to the event loop. */
async function parseAllRequirements({ facts, notes }: Manifests): Promise<ManifestFacts[]> {
  const slicer = new TimeSlicer();
  const result: ManifestFacts[] = [];
  let remaining = maxRequirements;
  for (const { requirements = [], dependencies = [], from = '', ...rest } of facts) {
    const parsed = dependencies.slice(0, remaining);
    for (const text of requirements.slice(0, remaining)) {
      await slicer.yieldIfDue();
      const dependency = parseRequirement(text, from);
      if (dependency !== undefined) parsed.push(dependency);
    }
    const skipped = requirements.length - remaining;
    if (skipped > 0) notes.push(`${from}: ${skipped} requirements were not read.`);
    remaining = Math.max(0, remaining - requirements.length);
    result.push({ ...rest, dependencies: parsed });
  }
  return result;
}
