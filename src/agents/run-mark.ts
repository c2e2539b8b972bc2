import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';
import { killMarked } from './marked-processes.js';

/**
 * Creates the process mark of a run, a path in the deployment's directory, and records it before anything starts. First
 * ends the processes of a run that a crashed worker left in the same state directory.
 */
export async function claimMark(stateDirectory: string): Promise<string> {
  const file = join(stateDirectory, 'run');
  const orphanedMark = await readFile(file, 'utf8').catch(() => '');
  if (orphanedMark !== '') await killMarked(orphanedMark);
  const mark = join(stateDirectory, randomUUID());
  await writeDurably(file, mark);
  return mark;
}

/** Ends the remaining processes of a run and removes its record. */
export async function releaseMark(stateDirectory: string, mark: string): Promise<void> {
  await killMarked(mark);
  await rm(join(stateDirectory, 'run'), { force: true });
}
