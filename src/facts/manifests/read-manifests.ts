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

/** setup.py and setup.cfg are read by Python; lock files repeat what others ask for, with all that it drags in. */
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

/** Bytes of a manifest; those that people write, and those that tools lock, are far smaller. */
const maxManifestBytes = 1_000_000;
const maxDockerfileBytes = 200_000;

/** Manifests, with what they include, and requirements in them, that are read. */
const maxManifests = 200;
const maxRequirements = 5000;

export interface Manifests {
  manifests: Facts['manifests'];
  /** In the order of `manifests`, then what they include. */
  facts: ManifestFacts[];
  /** What could not be read, in sentences. */
  notes: string[];
}

/** The manifests at the top of the repository, and what they say. `files`: all its files. */
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
      pending.push({ file: included, kind: 'requirements' }); // read after those that the repository names itself
    }
  }
  found.facts = await parseAllRequirements(found);
  return found;
}

/** What a manifest says, or why it says nothing: `pyproject.toml:3: Invalid TOML document`. */
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

/** The names in requirements as written; parsing thousands of them takes seconds, so in turns. */
async function parseAllRequirements({ facts, notes }: Manifests): Promise<ManifestFacts[]> {
  const turns = new TimeSlicer();
  const split: ManifestFacts[] = [];
  let left = maxRequirements;
  for (const { requirements = [], dependencies = [], from = '', ...reading } of facts) {
    const own = dependencies.slice(0, left);
    for (const text of requirements.slice(0, left)) {
      await turns.yieldIfDue();
      const dependency = parseRequirement(text, from);
      if (dependency !== undefined) own.push(dependency);
    }
    if (requirements.length > left) notes.push(`${from}: ${requirements.length - left} requirements were not read.`);
    left = Math.max(0, left - requirements.length);
    split.push({ ...reading, dependencies: own });
  }
  return split;
}
