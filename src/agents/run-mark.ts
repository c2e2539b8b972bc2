import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { killMarked } from './marked-processes.js';

/**
 * A fresh mark for a run, below the deployment's directory as all marks are, written down before anything starts: after a crash of the worker, the next run in this state
 * directory first ends what the crashed one left.
 */
export async function claimMark(stateDirectory: string): Promise<string> {
  const file = join(stateDirectory, 'run');
  const leftoverMark = await readFile(file, 'utf8').catch(() => '');
  if (leftoverMark !== '') await killMarked(leftoverMark);
  const mark = join(stateDirectory, randomUUID());
  await writeDurably(file, mark);
  return mark;
}

/** Ends what is left of the run and forgets its mark. */
export async function releaseMark(stateDirectory: string, mark: string): Promise<void> {
  await killMarked(mark);
  await rm(join(stateDirectory, 'run'), { force: true });
}
