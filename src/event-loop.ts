import { setImmediate } from 'node:timers/promises';

/** Milliseconds for which one piece of work may hold the event loop. */
const turn = 10;

/** Divides long work into turns, between which the process does other things. */
export class Turns {
  #began = performance.now();

  /** Call between two steps: once a turn is over, waits until all that is due has been done. */
  async next(): Promise<void> {
    if (performance.now() - this.#began < turn) return;
    await setImmediate();
    this.#began = performance.now();
  }
}

/** `items.map(make)` in turns. */
export async function mapInTurns<Item, Result>(
  items: readonly Item[],
  make: (item: Item, index: number) => Result,
): Promise<Result[]> {
  const turns = new Turns();
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    await turns.next();
    results.push(make(item, index));
  }
  return results;
}

/** Items that are sorted at once: some milliseconds. */
const sortedAtOnce = 2000;

/** `items.toSorted(compare)` in turns. */
export async function sortInTurns<Item>(
  items: readonly Item[],
  compare: (left: Item, right: Item) => number,
): Promise<Item[]> {
  if (items.length <= sortedAtOnce) return items.toSorted(compare);
  const middle = items.length >> 1;
  const left = await sortInTurns(items.slice(0, middle), compare);
  const right = await sortInTurns(items.slice(middle), compare);
  return await mergeInTurns(left, right, compare);
}

async function mergeInTurns<Item>(
  left: readonly Item[],
  right: readonly Item[],
  compare: (left: Item, right: Item) => number,
): Promise<Item[]> {
  const turns = new Turns();
  const merged: Item[] = [];
  let taken = 0;
  for (const item of right) {
    for (; taken < left.length && compare(left[taken] as Item, item) <= 0; taken++) merged.push(left[taken] as Item); // in range
    merged.push(item);
    if (merged.length % 100 === 0) await turns.next();
  }
  return merged.concat(left.slice(taken));
}
