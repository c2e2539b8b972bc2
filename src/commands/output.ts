import type { Colors } from './colors.js';
import type { Progress } from './progress.js';

/** Where a command's words go: results to stdout, everything said on the way to stderr. */
export interface Output {
  isJson: boolean;
  isVerbose: boolean;
  /** For what is written to stdout and to stderr: each has its own, because each may or may not be a terminal. */
  colors: Colors;
  progress: Progress;
  /** The command's one result: as JSON with `--json`, else as `render` says it. */
  result(value: unknown, render: () => string): Promise<void>;
  /** One line of a stream (answers, logs) to stdout. Resolves when there is room for more. */
  line(text: string): Promise<void>;
  /** One line for a person, to stderr. */
  note(text: string): void;
}
