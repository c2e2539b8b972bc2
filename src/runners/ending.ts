/**
 * The end of a caller's patience, as one callback. An AbortSignal does the same with listeners whose coming and going takes
 * a tenth of a fast call's time; it is made for who asks for it.
 */
export class Ending {
  private over: { reason: unknown } | undefined;
  private controller: AbortController | undefined;
  private listener: (() => void) | undefined;

  get isOver(): boolean {
    return this.over !== undefined;
  }

  get reason(): unknown {
    return this.over?.reason;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.over !== undefined) this.controller.abort(this.over.reason);
    return this.controller.signal;
  }

  end(reason: unknown): void {
    if (this.over !== undefined) return;
    this.over = { reason };
    this.controller?.abort(reason);
    this.listener?.();
  }

  /** Told when it ends; undefined tells nobody any more. The latest listener is the only one. */
  tell(listener: (() => void) | undefined): void {
    this.listener = listener;
  }

  /** A signal as an ending. */
  static of(signal: AbortSignal): Pick<Ending, 'isOver' | 'reason' | 'tell'> {
    let current: (() => void) | undefined;
    return {
      get isOver() {
        return signal.aborted;
      },
      get reason() {
        return signal.reason;
      },
      tell: (listener) => {
        if (current !== undefined) signal.removeEventListener('abort', current);
        current = listener;
        if (listener !== undefined) signal.addEventListener('abort', listener, { once: true });
      },
    };
  }
}
