import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../contract/handle.js';
import { writeDurably } from '../home/durable-file.js';

type StateOwner = Pick<RunPlan, 'stateDirectory'>;

/** A JSON file in a revision's state directory. Every write replaces the file. */
export class StateFile<Value> {
  constructor(private readonly name: string) {}

  /** Returns the last written value; undefined if there is none. */
  async read(owner: StateOwner): Promise<Value | undefined> {
    try {
      return JSON.parse(await readFile(this.getPath(owner), 'utf8')) as Value; // only `write` writes it
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(owner: StateOwner, value: Value): Promise<void> {
    await writeDurably(this.getPath(owner), JSON.stringify(value));
  }

  async remove(owner: StateOwner): Promise<void> {
    await rm(this.getPath(owner), { force: true });
  }

  private getPath({ stateDirectory }: StateOwner): string {
    return join(stateDirectory, this.name);
  }
}
