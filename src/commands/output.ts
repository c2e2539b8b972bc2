import { writeJson } from '../json/write-json.js';
import { type Colors, selectColors } from './colors.js';
import { createProgress, type Progress } from './progress.js';

/** Output of a command: results on stdout, notes and progress on stderr. */
export interface Output {
  isJson: boolean;
  isVerbose: boolean;
  progress: Progress;
  /** Colors for stderr. */
  noteColors: Colors;
  /** Writes the command's only result: as JSON with `--json`, else rendered with the colors of stdout. */
  result(value: unknown, render: (colors: Colors) => string): Promise<void>;
  /** Writes one line of a stream (answers, logs) to stdout. Resolves when stdout accepts more. */
  line(text: string): Promise<void>;
  /** Writes one line for a person to stderr. */
  note(text: string): void;
}

export interface OutputStreams {
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

export function createOutput(streams: OutputStreams, flags: { isJson: boolean; isVerbose: boolean }): Output {
  const { stdout, stderr } = streams;
  const noteColors = selectColors(stderr);
  const progress = createProgress(stderr, noteColors);
  const line = (text: string): Promise<void> => {
    progress.clear();
    return write(stdout, `${text}\n`);
  };
  return {
    ...flags,
    progress,
    noteColors,
    line,
    result: (value, render) => line(flags.isJson ? writeJson(value) : render(selectColors(stdout))),
    note: (text) => {
      progress.clear();
      stderr.write(`${text}\n`);
    },
  };
}

/** Writes with backpressure. */
function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (stream.write(text)) return Promise.resolve();
  return new Promise((resolve) => stream.once('drain', resolve));
}

/** Exits with 0 when the reader closes the pipe, as in `berth logs NAME | head`. */
export function exitOnBrokenPipe(stream: NodeJS.WritableStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
