/** Variables that tell a generated service how many calls to run at once: on threads, or as coroutines. */
export const [threadsVariable, slotsVariable] = ['SERVICE_THREADS', 'SERVICE_CONCURRENCY'] as const;

export const buildConcurrencyVariables = (concurrency: number | undefined): Record<string, string> =>
  concurrency === undefined ? {} : { [threadsVariable]: String(concurrency), [slotsVariable]: String(concurrency) };
