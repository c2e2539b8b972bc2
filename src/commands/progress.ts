import type { Colors } from './colors.js';

/** A finished step. */
export interface FinishedStep {
  step: string;
  note: string;
  milliseconds: number;
  hasFailed: boolean;
}

/** Progress of steps on stderr. */
export interface Progress {
  /**
   * Shows a running step on the live line of a terminal; prints nothing to a file. `since`: milliseconds since the
   * epoch.
   */
  begin(step: string, since?: number): void;
  /** Sets the note next to the running step on the live line: `resolving 14 requirements`. */
  update(note: string): void;
  /** Prints a permanent line for a finished step and ends the live line. */
  finish(step: FinishedStep): void;
  /** Erases the live line so that something else can be written; the next tick redraws it. */
  clear(): void;
  /** Ends the live line without a permanent line. */
  end(): void;
}

type Terminal = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds between two frames of the live line. */
const tick = 80;
const eraseLine = '\r\u001B[2K';

export function createProgress(stream: Terminal, colors: Colors, now: () => number = Date.now): Progress {
  return stream.isTTY ? createLiveProgress(stream, colors, now) : createPlainProgress(stream);
}

/** Prints one line per finished step, for log files. */
function createPlainProgress(stream: Terminal): Progress {
  return {
    begin: () => {},
    update: () => {},
    finish: ({ step, note, milliseconds }) => stream.write(`${joinParts(step, formatDuration(milliseconds), note)}\n`),
    clear: () => {},
    end: () => {},
  };
}

/** Animates one line while a step runs and keeps the line when the step ends. */
function createLiveProgress(stream: Terminal, colors: Colors, now: () => number): Progress {
  let open: { step: string; note: string; since: number } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;

  const clear = () => void stream.write(eraseLine);
  const draw = () => {
    if (open === undefined) return;
    const spinner = frames[frame++ % frames.length] ?? '';
    const text = joinParts(open.step, formatElapsed(now() - open.since), open.note);
    stream.write(`${eraseLine}${colors.cyan(spinner)} ${truncateToWidth(text, (stream.columns ?? 80) - 3)}`);
  };
  const end = () => {
    clearInterval(timer);
    timer = undefined;
    if (open !== undefined) clear();
    open = undefined;
  };

  return {
    begin(step, since = now()) {
      if (open?.step === step) return;
      open = { step, note: '', since };
      timer ??= setInterval(draw, tick).unref();
      draw();
    },
    update(note) {
      if (open !== undefined) open.note = note;
      draw();
    },
    finish({ step, note, milliseconds, hasFailed }) {
      end();
      const mark = hasFailed ? colors.red('✘') : colors.green('✔');
      stream.write(`${eraseLine}${mark} ${joinParts(step, formatDuration(milliseconds), note, colors.dim)}\n`);
    },
    clear: () => {
      if (open !== undefined) clear();
    },
    end,
  };
}

const joinParts = (step: string, duration: string, note: string, paint: (text: string) => string = String): string =>
  `${step.padEnd(16)} ${paint(duration.padStart(8))}  ${note}`.trimEnd();

/** Formats the duration of a step; an event has none. */
const formatDuration = (milliseconds: number): string => (milliseconds === 0 ? '' : formatElapsed(milliseconds));

/** Formats a duration: `40 ms`, `1.2 s`, `2 min 05 s`. */
export function formatElapsed(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < 1000) return `${Math.round(time)} ms`;
  if (time < 60_000) return `${(Math.floor(time / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(time / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Truncates text to one line of at most `width` characters, because a wrapped line cannot be erased. */
export function truncateToWidth(text: string, width: number): string {
  const characters = [...text.replaceAll(/\s*[\n\t]\s*/g, ' ')];
  return characters.length <= width ? characters.join('') : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
