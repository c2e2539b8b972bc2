/** Maximum delay of a Node.js timer. */
const maxTimeout = 2 ** 31 - 1;

/**
 * Timer that fires once unless it is cleared, like `setTimeout`. Made for deadlines, which rarely expire: all instances
 * share one timer, which keeps running when one of them is cleared, so a call creates and removes no timer.
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
    else if (DeadlineTimer.pending.size === 1) DeadlineTimer.timer?.ref(); // a pending timer keeps the process running
  }

  clear(): void {
    if (DeadlineTimer.pending.delete(this) && DeadlineTimer.pending.size === 0) DeadlineTimer.timer?.unref();
  }

  private static schedule(expiresAt: number): void {
    clearTimeout(DeadlineTimer.timer);
    DeadlineTimer.timerExpiresAt = expiresAt;
    DeadlineTimer.timer = setTimeout(DeadlineTimer.fireDue, Math.min(expiresAt - performance.now(), maxTimeout));
  }

  private static readonly fireDue = (): void => {
    const now = performance.now() + 1; // timers have a resolution of one millisecond
    DeadlineTimer.timerExpiresAt = Number.POSITIVE_INFINITY;
    try {
      const due = [...DeadlineTimer.pending]
        .filter(({ expiresAt }) => expiresAt <= now)
        .sort((a, b) => a.expiresAt - b.expiresAt);
      for (const timer of due) if (DeadlineTimer.pending.delete(timer)) timer.onExpire(); // another one may have cleared it
    } finally {
      const next = [...DeadlineTimer.pending].reduce(
        (earliest, { expiresAt }) => Math.min(earliest, expiresAt),
        Number.POSITIVE_INFINITY,
      );
      if (next < DeadlineTimer.timerExpiresAt) DeadlineTimer.schedule(next);
    }
  };
}
