import type { BerthHome } from '../../home/home.js';
import type { ChosenInterpreter } from '../choose-interpreter.js';
import type { Variables } from '../pip-files/variables.js';
import type { Requirements } from '../requirements/read-requirements.js';
import type { SourceCopy } from '../source-copy.js';

export interface ResolveRequest {
  home: BerthHome;
  requirements: Requirements;
  interpreter: ChosenInterpreter;
  directory: string;
  copy: SourceCopy;
  /** Values of the variables that the requirements name. */
  variables: Variables;
  /** Variables for builds. */
  env: Record<string, string>;
  /** Ignores the cached lock, to get newer releases. */
  isFresh?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** A request with its working directories. */
export interface Resolution extends ResolveRequest {
  /** Working directory of uv: the repository or its copy. */
  cwd: string;
  /** Empty directory for uv's files. */
  scratch: string;
  /** Sentences about decisions of the resolution. */
  notes: Set<string>;
}
