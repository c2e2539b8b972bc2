/** How many results may wait for an earlier one, for each call that may run at once. */
const maxBufferedPerCall = 16;

/**
 * Results in the order of the items, with at most `concurrency` calls at a time. Reads no further ahead than it must:
 * a slow reader, or one slow call, holds up the source and not the memory.
 */
export async function* mapInOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  concurrency: number,
  call: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R> {
  const results: Promise<R>[] = [];
  const running = new Set<Promise<unknown>>();
  let index = 0;
  for await (const item of items) {
    const result = call(item, index++);
    const settled: Promise<unknown> = result.then(
      () => running.delete(settled),
      () => running.delete(settled),
    );
    running.add(settled);
    results.push(result);
    while (running.size >= concurrency) await Promise.race(running);
    while (results.length >= concurrency * maxBufferedPerCall) yield (await results.shift()) as R;
  }
  for (const result of results) yield await result;
}
