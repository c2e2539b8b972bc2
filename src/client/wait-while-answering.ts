import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks whether somebody is there at all. */
const defaultCheckInterval = 15_000;

/**
 * Waits for what may take as long as it likes, but only while somebody works on it: `look` is asked now and then, and
 * what it throws ends the waiting.
 */
export async function waitWhileAnswering<Result>(
  operation: Promise<Result>,
  checkAnswering: () => Promise<unknown>,
  checkInterval = defaultCheckInterval,
): Promise<Result> {
  const ended = new AbortController();
  const watch = async (): Promise<never> => {
    for (;;) {
      await sleep(checkInterval, undefined, { signal: ended.signal, ref: false });
      await checkAnswering();
    }
  };
  const watching = watch();
  watching.catch(() => undefined);
  try {
    return await Promise.race([operation, watching]);
  } finally {
    ended.abort();
    operation.catch(() => undefined);
  }
}
