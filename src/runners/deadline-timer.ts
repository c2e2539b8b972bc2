/** The longest time that Node's timers take. */
const maxTimeout = 2 ** 31 - 1;

/**
 * Rings once, after some milliseconds, unless it is cleared. As `setTimeout`, made for deadlines, of which hardly one ever
 * comes: all of them share one timer, which goes on when an alarm is cleared, so that a call sets up and takes down none.
 */
export class DeadlineTimer {
  private static readonly pending = new Set<DeadlineTimer>();
  private static timer: NodeJS.Timeout | undefined;
  private static timerExpiresAt = Number.POSITIVE_INFINITY;
  private readonly expiresAt: number;

  constructor(
    milliseconds: number,
    private readonly onExpire: () => void,
  ) {
    this.expiresAt = performance.now() + milliseconds;
    DeadlineTimer.pending.add(this);
    if (this.expiresAt < DeadlineTimer.timerExpiresAt) DeadlineTimer.schedule(this.expiresAt);
    else if (DeadlineTimer.pending.size === 1) DeadlineTimer.timer?.ref(); // as every timer, it keeps the process while it is waited for
  }

  clear(): void {
    if (DeadlineTimer.pending.delete(this) && DeadlineTimer.pending.size === 0) DeadlineTimer.timer?.unref();
  }

  private static schedule(end: number): void {
    clearTimeout(DeadlineTimer.timer);
    DeadlineTimer.timerExpiresAt = end;
    DeadlineTimer.timer = setTimeout(DeadlineTimer.fireDue, Math.min(end - performance.now(), maxTimeout));
  }

  private static readonly fireDue = (): void => {
    const now = performance.now() + 1; // timers are exact to the millisecond
    DeadlineTimer.timerExpiresAt = Number.POSITIVE_INFINITY;
    try {
      const due = [...DeadlineTimer.pending]
        .filter(({ expiresAt }) => expiresAt <= now)
        .sort((one, other) => one.expiresAt - other.expiresAt);
      for (const alarm of due) if (DeadlineTimer.pending.delete(alarm)) alarm.onExpire(); // unless the ring of another has cleared it
    } finally {
      const next = [...DeadlineTimer.pending].reduce(
        (earliest, { expiresAt }) => Math.min(earliest, expiresAt),
        Number.POSITIVE_INFINITY,
      );
      if (next < DeadlineTimer.timerExpiresAt) DeadlineTimer.schedule(next);
    }
  };
}
