import type { SourceLine } from './source-line.js';

/** The content of requirement files and of the files that they include. */
export interface PipFiles {
  /** One requirement per line, with its hashes. Only a directory may have `-e`. */
  requirements: SourceLine[];
  constraints: SourceLine[];
  /** Options about package sources and formats, as lines of a requirement file. */
  options: SourceLine[];
  /** Arguments of uv for options that its requirement files do not support. */
  uvArguments: string[];
  /** True when one requirement has a hash: then all need one, as with pip. */
  requiresHashes: boolean;
  /** Path and text of every file that was read: path, text, path, text. Paths are relative to the repository. */
  texts: string[];
  notes: string[];
}

export const emptyPipFiles = (): PipFiles => ({
  requirements: [],
  constraints: [],
  options: [],
  uvArguments: [],
  requiresHashes: false,
  texts: [],
  notes: [],
});
