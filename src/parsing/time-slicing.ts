import { setImmediate } from 'node:timers/promises';

/** Milliseconds for which one piece of work may block the event loop. */
const sliceMilliseconds = 10;

/** Divides long work into slices, so that the event loop can do other work between them. */
export class TimeSlicer {
  private began = performance.now();

  /** Yields to the event loop once the current slice has used its time. Call it between two steps. */
  async yieldIfDue(): Promise<void> {
    if (performance.now() - this.began < sliceMilliseconds) return;
    await setImmediate();
    this.began = performance.now();
  }
}

/** Computes `items.map(make)` in slices. */
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

/** Items sorted in one slice, which takes a few milliseconds. */
const maxSortedPerSlice = 2000;

/** Computes `items.toSorted(compare)` in slices. */
export async function sortInSlices<Item>(
  items: readonly Item[],
  compare: (left: Item, right: Item) => number,
): Promise<Item[]> {
  if (items.length <= maxSortedPerSlice) return items.toSorted(compare);
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
