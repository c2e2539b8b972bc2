/** Variables with the number of concurrent calls of a generated service: on threads, or as coroutines. */
export const [threadsVariable, slotsVariable] = ['SERVICE_THREADS', 'SERVICE_CONCURRENCY'] as const;

export const buildConcurrencyVariables = (concurrency: number | undefined): Record<string, string> =>
  concurrency === undefined ? {} : { [threadsVariable]: String(concurrency), [slotsVariable]: String(concurrency) };
