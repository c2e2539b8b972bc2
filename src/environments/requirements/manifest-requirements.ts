import type { Repository } from './repository.js';

/** A lock that says it all: nothing is left to resolve. */
export interface LockFile {
  kind: 'uv' | 'pylock';
  /** Of the file, relative to the repository. */
  directory: string;
  file: string;
  /** The one member of uv's workspace that is wanted; null for the project that the lock belongs to. */
  member: string | null;
  /** True when the project is a workspace without a project of its own. */
  isVirtual: boolean;
  /** Groups that uv would install by default and that only the project's makers need. */
  excludedGroups?: string[];
}

/** What one manifest asks for. */
export interface ManifestRequirements {
  /** For a person: the manifest's name. */
  from: string;
  /** Requirement files of pip's, relative to the repository. */
  pipFiles?: string[];
  /** Manifests that uv reads itself: `pyproject.toml`, `setup.py`, `setup.cfg`. */
  projects?: string[];
  lock?: LockFile;
  /** Requirements that Berth wrote as pip's lines. */
  lines?: string[];
  /** The same, of packages that may be called otherwise on the index, or have other versions there. */
  condaPackages?: string[];
  /** Where packages come from, as lines of a requirement file. */
  options?: string[];
  /** The Python that it asks for, as written. */
  python?: string | undefined;
  /** Versions that another tool has locked. */
  constraints?: string[];
  /** The lock is older than its manifest: its versions are taken where they fit. */
  isStale?: boolean;
  /** True when another Python version would choose other requirement files. */
  dependsOnPython?: boolean;
  /** It names no dependencies at all: others may. */
  hasNoDependencies?: boolean;
  /** The directory is a package, and the manifest says whether it is to be installed. */
  isPackage?: boolean;
  /** True when reading it may run code of the repository or write beside it. */
  needsCopy?: boolean;
  notes?: string[];
}

/** Reads the manifests of one directory of the repository, `.` or `backend`. Undefined where it finds none of its kind. */
export type RequirementsReader = (
  repository: Repository,
  directory: string,
) => Promise<ManifestRequirements | undefined>;
