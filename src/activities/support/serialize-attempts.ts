/** The newest unfinished attempt at each step in this process. */
const attempts = new Map<string, Promise<void>>();

/**
 * Runs an attempt at a step after the earlier ones have ended. If this process is too busy to send heartbeats, the server
 * assigns the step again, often to the same process, while the first attempt still writes the same files.
 */
export async function serializeAttempts<Result>(step: string, run: () => Promise<Result>): Promise<Result> {
  const result = (attempts.get(step) ?? Promise.resolve()).then(run);
  const ended = result.then(
    () => {},
    () => {},
  );
  attempts.set(step, ended);
  try {
    return await result;
  } finally {
    if (attempts.get(step) === ended) attempts.delete(step);
  }
}
