/** Maximum results that may wait for an earlier one, per concurrent call. */
const maxBufferedPerCall = 16;

/**
 * Yields results in the order of the items, with at most `concurrency` calls at a time. Applies backpressure: a slow
 * consumer or a slow call stops reading from the source instead of filling the memory.
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
