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
