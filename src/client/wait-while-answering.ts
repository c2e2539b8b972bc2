import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two checks. */
const defaultCheckInterval = 15_000;

/**
 * Waits for an operation of any duration as long as the server or worker answers: calls `checkAnswering` at intervals,
 * and rejects with its error.
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
