import { writeJson } from '../json/write-json.js';
import { type Colors, selectColors } from './colors.js';
import { createProgress, type Progress } from './progress.js';

/** Where a command's words go: results to stdout, everything said on the way to stderr. */
export interface Output {
  isJson: boolean;
  isVerbose: boolean;
  progress: Progress;
  /** For what is written to stderr. */
  noteColors: Colors;
  /** The command's one result: as JSON with `--json`, else as `render` says it (with the colours that stdout can show). */
  result(value: unknown, render: (colors: Colors) => string): Promise<void>;
  /** One line of a stream (answers, logs) to stdout. Resolves when there is room for more. */
  line(text: string): Promise<void>;
  /** One line for a person, to stderr. */
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

/** Waits for the reader when it is slower than we are. */
function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (stream.write(text)) return Promise.resolve();
  return new Promise((resolve) => stream.once('drain', resolve));
}

/** A reader that went away (`berth logs NAME | head`) ends the command quietly; it is nobody's mistake. */
export function exitOnBrokenPipe(stream: NodeJS.WritableStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}
