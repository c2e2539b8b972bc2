import type { Repository } from './repository.js';

/** A complete lock, which needs no resolution. */
export interface LockFile {
  kind: 'uv' | 'pylock';
  /** Directory of the file, relative to the repository. */
  directory: string;
  file: string;
  /** Member of uv's workspace to install; null for the lock's own project. */
  member: string | null;
  /** True for a workspace without its own project. */
  isVirtual: boolean;
  /** Default groups of uv for development. */
  excludedGroups?: string[];
}

/** Requirements of one manifest. */
export interface ManifestRequirements {
  /** Display name of the manifest. */
  from: string;
  /** Requirement files, relative to the repository. */
  pipFiles?: string[];
  /** Manifests that uv reads itself: `pyproject.toml`, `setup.py`, `setup.cfg`. */
  projects?: string[];
  lock?: LockFile;
  /** Requirement lines converted from the manifest. */
  lines?: string[];
  /** Requirement lines of conda packages, which the package index may lack or have in other versions. */
  condaPackages?: string[];
  /** Options about package sources, as lines of a requirement file. */
  options?: string[];
  /** Required Python, as written. */
  python?: string | undefined;
  /** Pins from another tool's lock. */
  constraints?: string[];
  /** True when the lock is older than its manifest, so that its versions are preferences only. */
  isStale?: boolean;
  /** True when another Python version would choose other requirement files. */
  dependsOnPython?: boolean;
  /** True when the manifest has no dependencies, so that other manifests count too. */
  hasNoDependencies?: boolean;
  /** True to install the directory as a package; its build files decide when absent. */
  isPackage?: boolean;
  /** True when reading the manifest may run code of the repository or write into it. */
  needsCopy?: boolean;
  notes?: string[];
}

/** Reads manifests of one kind in a directory of the repository: `.`, `backend`. Returns undefined when it has none. */
export type RequirementsReader = (
  repository: Repository,
  directory: string,
) => Promise<ManifestRequirements | undefined>;
