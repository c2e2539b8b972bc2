import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { writeDurably } from '../../../src/home/durable-file.js';

type PlanState = Pick<RunPlan, 'stateDirectory'>;

const getRecordPath = ({ stateDirectory }: PlanState): string => join(stateDirectory, 'ready.json');

/** This container has answered once: whoever waits for it again need not allow for an import. */
export const recordReady = (plan: PlanState, container: string): Promise<void> =>
  writeDurably(getRecordPath(plan), JSON.stringify({ container }));

export async function hasBeenReady(plan: PlanState, container: string): Promise<boolean> {
  const text = await readFile(getRecordPath(plan), 'utf8').catch(() => undefined);
  return text !== undefined && (JSON.parse(text) as { container: string }).container === container; // our own file
}
