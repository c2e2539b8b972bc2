import { BerthError } from '../errors.js';

/** Milliseconds that a command has to end by itself after Ctrl-C. */
const gracePeriod = 1000;

/** Ctrl-C as a signal for the command, and as the end of those that do not listen. A second Ctrl-C ends at once. */
export function listenForInterruption(): { signal: AbortSignal; ended: Promise<never> } {
  const controller = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    process.on('SIGINT', () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
      setTimeout(() => reject(new BerthError('ABORTED', 'Interrupted.')), gracePeriod);
    });
  });
  return { signal: controller.signal, ended };
}

/** Waits for what goes on without us: at Ctrl-C only the waiting ends. Throws INTERRUPTED, with how to `follow` it. */
export async function waitInterruptibly<T>(
  work: Promise<T>,
  signal: AbortSignal,
  name: string,
  follow = `berth status ${name} --watch`,
): Promise<T> {
  work.catch(() => {}); // after an interruption nobody asks what became of it
  let interrupt: () => void = () => {};
  const interruption = new Promise<never>((_, reject) => {
    interrupt = reject;
  });
  signal.addEventListener('abort', interrupt);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, interruption]);
  } catch (error) {
    if (signal.aborted) throw new BerthError('INTERRUPTED', `Stopped waiting for ${name}.`, { name, follow });
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** Lets a program that has the terminal be the one that Ctrl-C is for. */
export async function ignoreInterruptionsDuring<T>(work: () => Promise<T>): Promise<T> {
  const listeners = process.listeners('SIGINT');
  const ignore = () => {};
  process.removeAllListeners('SIGINT').on('SIGINT', ignore);
  try {
    return await work();
  } finally {
    process.off('SIGINT', ignore);
    for (const listener of listeners) process.on('SIGINT', listener);
  }
}
