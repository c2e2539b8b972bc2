/** The files of a repository to read Python code from. */
export interface CodeRequest {
  root: string;
  /** Python files, relative to the root. */
  files: string[];
  /** Directories of separate projects, relative to the root: each is an import root unless it is inside a package. */
  projects: string[];
  setupCfg: string | null;
  readme: string | null;
}
