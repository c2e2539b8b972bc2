import type { Facts } from '../../../src/contract/facts.js';
import { parseVersion, parseVersionRange, satisfies } from '../../../src/environments/index.js';

/** Official images, each to its patch; the first that fits is taken. */
const versions = ['3.11.13', '3.12.11', '3.13.5', '3.10.18', '3.9.23'];

export interface PythonBase {
  image: string;
  version: string;
  /** What the repository asks for and does not get; null when it gets it. */
  note: string | null;
}

/** The base image for the Python that a repository asks for. */
export function choosePythonBase({ python }: Pick<Facts, 'python'>): PythonBase {
  const range = python === null ? [] : parseVersionRange(python.specifier);
  const fitting = range && versions.find((version) => satisfies(parseVersion(version), range));
  const version = fitting ?? versions[0] ?? '';
  const note =
    fitting === undefined && python !== null
      ? `${python.from} asks for Python ${python.specifier}, ${version} is used`
      : null;
  return { image: `python:${version}-slim-bookworm`, version, note };
}
