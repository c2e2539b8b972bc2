/** Concurrent tasks: enough to keep the disk busy, and far below the limit of open files. */
const maxTasks = 16;

/** Computes `Promise.all(items.map(task))` with at most 16 concurrent tasks. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  const lane = async () => {
    for (const [index, item] of queue) results[index] = await task(item);
  };
  await Promise.all(Array.from({ length: Math.min(maxTasks, items.length) }, lane));
  return results;
}
