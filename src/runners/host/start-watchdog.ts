import type { ChildProcess } from 'node:child_process';

/** Milliseconds after the timeout in which the process may end the import or setup by itself: see import_timeout.py. */
const gracePeriod = 4_000;
/** Milliseconds that the process may take to write its stack. */
const dumpTimeout = 1_000;

/** Enforces the timeouts of import and setup from outside, for code that keeps its process from enforcing them. */
export class StartWatchdog {
  /** True if the watchdog has aborted the process. */
  hasAborted = false;
  private timer: NodeJS.Timeout | undefined;

  /** Calls `onStuck` if the aborted process does not end. */
  constructor(
    private readonly child: ChildProcess,
    private readonly onStuck: () => void,
  ) {}

  /** Starts the timer. Null is no limit. */
  start(seconds: number | null): void {
    this.stop();
    if (seconds !== null) this.timer = setTimeout(() => this.abort(), seconds * 1000 + gracePeriod);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Aborts the process. Python then writes its stack to the log. */
  private abort(): void {
    this.hasAborted = true;
    this.child.kill('SIGABRT');
    this.timer = setTimeout(this.onStuck, dumpTimeout);
  }
}
