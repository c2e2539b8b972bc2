/** Files handled at once: enough to keep the disk busy, far below what a process may have open. */
const maxTasks = 16;

/** Like `Promise.all(items.map(task))`, but with at most 16 tasks at once; results keep the order of the items. */
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
