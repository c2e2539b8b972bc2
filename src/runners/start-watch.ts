import type { ChildProcess } from 'node:child_process';

/** Milliseconds beyond its bound that an import or a setup has to be ended by its own process: see import_bound.py. */
const lenience = 4_000;
/** Milliseconds to write down where the code is. */
const lastWords = 1_000;

/** Bounds a host's imports and its setup from outside, for code that keeps its process from doing so. */
export class StartWatch {
  /** Whether it has ended the process. */
  hasAsked = false;
  private timer: NodeJS.Timeout | undefined;

  /** Calls `giveUp` when the process does not end by itself. */
  constructor(
    private readonly child: ChildProcess,
    private readonly giveUp: () => void,
  ) {}

  /** `seconds` null: no bound. */
  begin(seconds: number | null): void {
    this.end();
    if (seconds !== null) this.timer = setTimeout(() => this.ask(), seconds * 1000 + lenience);
  }

  end(): void {
    clearTimeout(this.timer);
  }

  /** Python writes its stack to the log when it is aborted. */
  private ask(): void {
    this.hasAsked = true;
    this.child.kill('SIGABRT');
    this.timer = setTimeout(this.giveUp, lastWords);
  }
}
