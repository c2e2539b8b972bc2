import {
  combinePythonRequirements,
  describeUnmet,
  type PythonRequirement,
  parseVersion,
  satisfies,
} from '../../../src/environments/index.js';

/** Official images with patch version; the first one that fits is used. */
const versions = ['3.11.13', '3.12.11', '3.13.5', '3.10.18', '3.9.23'];

export interface PythonBase {
  image: string;
  version: string;
  /** Note about a requirement that is not met; null when all are. */
  note: string | null;
}

/** Returns the base image for the Python version that the repository's manifests require together. */
export function choosePythonBase(preferences: PythonRequirement[]): PythonBase {
  const wanted = combinePythonRequirements(preferences);
  const meets = (count: number) => (version: string) =>
    satisfies(
      parseVersion(version),
      wanted.accepted.slice(0, count).flatMap(({ range }) => range),
    );
  // When no image meets all requirements, the most important come first.
  const counts = wanted.accepted.map((_, index) => wanted.accepted.length - index);
  const fitting = [...counts, 0].map((count) => versions.find(meets(count))).find(Boolean);
  const version = fitting ?? versions[0] ?? '';
  const unmet = wanted.accepted
    .filter(({ range }) => !satisfies(parseVersion(version), range))
    .map(({ from, specifier }) => `${from} asks for Python ${specifier}, ${version} is used`);
  const notes = [...unmet, ...describeUnmet(wanted, version).map((note) => note.replace(/\.$/, ''))];
  return { image: `python:${version}-slim-bookworm`, version, note: notes.length === 0 ? null : notes.join('; ') };
}
