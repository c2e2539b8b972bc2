import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks whether somebody is there at all. */
const usualPause = 15_000;

/**
 * Waits for what may take as long as it likes, but only while somebody works on it: `look` is asked now and then, and
 * what it throws ends the waiting.
 */
export async function whileAnswering<Result>(
  waiting: Promise<Result>,
  look: () => Promise<unknown>,
  pause = usualPause,
): Promise<Result> {
  const over = new AbortController();
  const watch = async (): Promise<never> => {
    for (;;) {
      await sleep(pause, undefined, { signal: over.signal, ref: false });
      await look();
    }
  };
  const watching = watch();
  watching.catch(() => undefined);
  try {
    return await Promise.race([waiting, watching]);
  } finally {
    over.abort();
    waiting.catch(() => undefined);
  }
}
