import { setImmediate } from 'node:timers/promises';

/** Milliseconds for which one piece of work may hold the event loop. */
const sliceMilliseconds = 10;

/** Divides long work into turns, between which the process does other things. */
export class TimeSlicer {
  private began = performance.now();

  /** Call between two steps: once a turn is over, waits until all that is due has been done. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.began < sliceMilliseconds) return;
    await setImmediate();
    this.began = performance.now();
  }
}

/** `items.map(make)` in turns. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  make: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const slicer = new TimeSlicer();
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    await slicer.yieldIfDue();
    results.push(make(item, index));
  }
  return results;
}

/** Items that are sorted at once: some milliseconds. */
const maxSortedAtOnce = 2000;

/** `items.toSorted(compare)` in turns. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (left: Item, right: Item) => number,
): Promise<Item[]> {
  if (items.length <= maxSortedAtOnce) return items.toSorted(compare);
  const middle = items.length >> 1;
  const left = await sortInSlices(items.slice(0, middle), compare);
  const right = await sortInSlices(items.slice(middle), compare);
  return await mergeInSlices(left, right, compare);
}

async function mergeInSlices<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (left: Item, right: Item) => number,
): Promise<Item[]> {
  const slicer = new TimeSlicer();
  const merged: Item[] = [];
  let taken = 0;
  for (const item of right) {
    for (; taken < left.length && compare(left[taken] as Item, item) <= 0; taken++) merged.push(left[taken] as Item); // in range
    merged.push(item);
    if (merged.length % 100 === 0) await slicer.yieldIfDue();
  }
  return merged.concat(left.slice(taken));
}
