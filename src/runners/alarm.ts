/** The longest time that Node's timers take. */
const longest = 2 ** 31 - 1;

/**
 * Rings once, after some milliseconds, unless it is cleared. As `setTimeout`, made for deadlines, of which hardly one ever
 * comes: all of them share one timer, which goes on when an alarm is cleared, so that a call sets up and takes down none.
 */
export class Alarm {
  private static readonly pending = new Set<Alarm>();
  private static timer: NodeJS.Timeout | undefined;
  private static timerEnd = Number.POSITIVE_INFINITY;
  private readonly end: number;

  constructor(
    milliseconds: number,
    private readonly ring: () => void,
  ) {
    this.end = performance.now() + milliseconds;
    Alarm.pending.add(this);
    if (this.end < Alarm.timerEnd) Alarm.wind(this.end);
    else if (Alarm.pending.size === 1) Alarm.timer?.ref(); // as every timer, it keeps the process while it is waited for
  }

  clear(): void {
    if (Alarm.pending.delete(this) && Alarm.pending.size === 0) Alarm.timer?.unref();
  }

  private static wind(end: number): void {
    clearTimeout(Alarm.timer);
    Alarm.timerEnd = end;
    Alarm.timer = setTimeout(Alarm.ringDue, Math.min(end - performance.now(), longest));
  }

  private static readonly ringDue = (): void => {
    const now = performance.now() + 1; // timers are exact to the millisecond
    Alarm.timerEnd = Number.POSITIVE_INFINITY;
    try {
      const due = [...Alarm.pending].filter(({ end }) => end <= now).sort((one, other) => one.end - other.end);
      for (const alarm of due) if (Alarm.pending.delete(alarm)) alarm.ring(); // unless the ring of another has cleared it
    } finally {
      const next = [...Alarm.pending].reduce((earliest, { end }) => Math.min(earliest, end), Number.POSITIVE_INFINITY);
      if (next < Alarm.timerEnd) Alarm.wind(next);
    }
  };
}
