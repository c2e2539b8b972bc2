import { BerthError } from '../errors.js';

/** Milliseconds after Ctrl-C before a command is ended. */
const gracePeriod = 1000;

/** Converts Ctrl-C to a signal, and to a rejection for commands that ignore it. A second Ctrl-C exits immediately. */
export function listenForInterruption(): { signal: AbortSignal; ended: Promise<never> } {
  const controller = new AbortController();
  const ended = new Promise<never>((_, reject) => {
    process.on('SIGINT', () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
      setTimeout(() => reject(new BerthError('ABORTED', 'interrupted')), gracePeriod);
    });
  });
  return { signal: controller.signal, ended };
}

/**
 * Waits for work that continues in the background: Ctrl-C ends only the wait.
 *
 * @throws INTERRUPTED, with the command to `follow` the work, on Ctrl-C.
 */
export async function waitInterruptibly<T>(
  work: Promise<T>,
  signal: AbortSignal,
  name: string,
  follow = `berth status ${name} --watch`,
): Promise<T> {
  work.catch(() => {}); // it is not awaited after an interruption
  let interrupt: () => void = () => {};
  const interruption = new Promise<never>((_, reject) => {
    interrupt = reject;
  });
  signal.addEventListener('abort', interrupt);
  try {
    signal.throwIfAborted();
    return await Promise.race([work, interruption]);
  } catch (error) {
    if (signal.aborted) throw new BerthError('INTERRUPTED', `stopped waiting for ${name}`, { name, follow });
    throw error;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** Ignores Ctrl-C while a child process owns the terminal. */
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
