/** By which a written service is told how many calls it takes at once: on its threads, or as coroutines. */
export const [threadsVariable, slotsVariable] = ['SERVICE_THREADS', 'SERVICE_CONCURRENCY'] as const;

export const buildConcurrencyVariables = (concurrency: number | undefined): Record<string, string> =>
  concurrency === undefined ? {} : { [threadsVariable]: String(concurrency), [slotsVariable]: String(concurrency) };
