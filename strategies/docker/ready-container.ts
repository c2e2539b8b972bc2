import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { writeDurably } from '../../src/durable-file.js';

type Stated = Pick<RunPlan, 'stateDirectory'>;

const noteFile = ({ stateDirectory }: Stated): string => join(stateDirectory, 'ready.json');

/** This container has answered once: whoever waits for it again need not allow for an import. */
export const noteReady = (plan: Stated, container: string): Promise<void> =>
  writeDurably(noteFile(plan), JSON.stringify({ container }));

export async function wasReady(plan: Stated, container: string): Promise<boolean> {
  const text = await readFile(noteFile(plan), 'utf8').catch(() => undefined);
  return text !== undefined && (JSON.parse(text) as { container: string }).container === container; // our own file
}
