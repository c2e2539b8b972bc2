/**
 * The end of a caller's patience, as one callback. An AbortSignal does the same with listeners whose coming and going takes
 * a tenth of a fast call's time; it is made for who asks for it.
 */
export class CancelSource {
  private cancellation: { reason: unknown } | undefined;
  private controller: AbortController | undefined;
  private listener: (() => void) | undefined;

  get isCanceled(): boolean {
    return this.cancellation !== undefined;
  }

  get reason(): unknown {
    return this.cancellation?.reason;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.cancellation !== undefined) this.controller.abort(this.cancellation.reason);
    return this.controller.signal;
  }

  cancel(reason: unknown): void {
    if (this.cancellation !== undefined) return;
    this.cancellation = { reason };
    this.controller?.abort(reason);
    this.listener?.();
  }

  /** Told when it ends; undefined tells nobody any more. The latest listener is the only one. */
  setListener(listener: (() => void) | undefined): void {
    this.listener = listener;
  }

  /** A signal as an ending. */
  static fromSignal(signal: AbortSignal): Pick<CancelSource, 'isCanceled' | 'reason' | 'setListener'> {
    let current: (() => void) | undefined;
    return {
      get isCanceled() {
        return signal.aborted;
      },
      get reason() {
        return signal.reason;
      },
      setListener: (listener) => {
        if (current !== undefined) signal.removeEventListener('abort', current);
        current = listener;
        if (listener !== undefined) signal.addEventListener('abort', listener, { once: true });
      },
    };
  }
}
