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
  /** Variables of builds. */
  env: Record<string, string>;
  /** Resolves anew, to take newer releases; what comes of it is remembered. */
  isFresh?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** A request while it is worked on. */
export interface Resolution extends ResolveRequest {
  /** Where uv runs: the repository, or its copy. */
  cwd: string;
  /** An empty directory for what uv reads and writes. */
  scratch: string;
  /** What was decided on the way. */
  notes: Set<string>;
}
