import {
  combinePythonRequirements,
  describeUnmet,
  type PythonRequirement,
  parseVersion,
  satisfies,
} from '../../../src/environments/index.js';

/** Official images, each to its patch; the first that fits is taken. */
const versions = ['3.11.13', '3.12.11', '3.13.5', '3.10.18', '3.9.23'];

export interface PythonBase {
  image: string;
  version: string;
  /** What the repository asks for and does not get; null when it gets it. */
  note: string | null;
}

/** The base image for the Python that a repository asks for, by all of its manifests together. */
export function choosePythonBase(preferences: PythonRequirement[]): PythonBase {
  const wanted = combinePythonRequirements(preferences);
  const meets = (count: number) => (version: string) =>
    satisfies(
      parseVersion(version),
      wanted.accepted.slice(0, count).flatMap(({ range }) => range),
    );
  // Where no image meets all, the most important come first.
  const counts = wanted.accepted.map((_, index) => wanted.accepted.length - index);
  const fitting = [...counts, 0].map((count) => versions.find(meets(count))).find(Boolean);
  const version = fitting ?? versions[0] ?? '';
  const unmet = wanted.accepted
    .filter(({ range }) => !satisfies(parseVersion(version), range))
    .map(({ from, specifier }) => `${from} asks for Python ${specifier}, ${version} is used`);
  const notes = [...unmet, ...describeUnmet(wanted, version).map((note) => note.replace(/\.$/, ''))];
  return { image: `python:${version}-slim-bookworm`, version, note: notes.length === 0 ? null : notes.join('; ') };
}
