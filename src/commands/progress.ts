import type { Colors } from './colors.js';

/** A step that is done. */
export interface FinishedStep {
  step: string;
  note: string;
  milliseconds: number;
  hasFailed: boolean;
}

/** Steps on their way, told to a person on stderr. */
export interface Progress {
  /** A step is on its way since then (milliseconds since the epoch): the live line on a terminal, nothing elsewhere. */
  begin(step: string, since?: number): void;
  /** The open step's newest word, beside it on the live line: `resolving 14 requirements`. */
  update(note: string): void;
  /** One permanent line for a step that is done; the live line ends with it. */
  finish(step: FinishedStep): void;
  /** Takes the live line away, so that something else can be written; it comes back with its next tick. */
  clear(): void;
  /** The open step is given up. */
  end(): void;
}

type Terminal = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Milliseconds between two pictures of the live line. */
const tick = 80;
const eraseLine = '\r\u001B[2K';

export function createProgress(stream: Terminal, colors: Colors, now: () => number = Date.now): Progress {
  return stream.isTTY ? createLiveProgress(stream, colors, now) : createPlainProgress(stream);
}

/** One line per finished step: what a log file wants. */
function createPlainProgress(stream: Terminal): Progress {
  return {
    begin: () => {},
    update: () => {},
    finish: ({ step, note, milliseconds }) => stream.write(`${joinParts(step, formatElapsed(milliseconds), note)}\n`),
    clear: () => {},
    end: () => {},
  };
}

/** One line that moves while a step is on its way, and stays when it is done. */
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
      stream.write(`${eraseLine}${mark} ${joinParts(step, formatElapsed(milliseconds), note, colors.dim)}\n`);
    },
    clear: () => {
      if (open !== undefined) clear();
    },
    end,
  };
}

const joinParts = (step: string, duration: string, note: string, paint: (text: string) => string = String): string =>
  `${step.padEnd(16)} ${paint(duration.padStart(8))}  ${note}`.trimEnd();

/** `40 ms`, `1.2 s`, `2 min 05 s`. */
export function formatElapsed(milliseconds: number): string {
  const time = Math.max(0, milliseconds);
  if (time < 1000) return `${Math.round(time)} ms`;
  if (time < 60_000) return `${(Math.floor(time / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(time / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A line that wraps could not be erased again. */
export function truncateToWidth(text: string, width: number): string {
  const characters = [...text.replaceAll(/\s*[\n\t]\s*/g, ' ')];
  return characters.length <= width ? characters.join('') : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
