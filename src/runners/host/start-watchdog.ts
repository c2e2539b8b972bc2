import type { ChildProcess } from 'node:child_process';

/** Milliseconds beyond its bound that an import or a setup has to be ended by its own process: see import_bound.py. */
const gracePeriod = 4_000;
/** Milliseconds to write down where the code is. */
const dumpTimeout = 1_000;

/** Bounds a host's imports and its setup from outside, for code that keeps its process from doing so. */
export class StartWatchdog {
  /** Whether it has ended the process. */
  hasAborted = false;
  private timer: NodeJS.Timeout | undefined;

  /** Calls `giveUp` when the process does not end by itself. */
  constructor(
    private readonly child: ChildProcess,
    private readonly onStuck: () => void,
  ) {}

  /** `seconds` null: no bound. */
  start(seconds: number | null): void {
    this.stop();
    if (seconds !== null) this.timer = setTimeout(() => this.abort(), seconds * 1000 + gracePeriod);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Python writes its stack to the log when it is aborted. */
  private abort(): void {
    this.hasAborted = true;
    this.child.kill('SIGABRT');
    this.timer = setTimeout(this.onStuck, dumpTimeout);
  }
}
