import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';

/**
 * Returns true for the first report on a topic of a revision, and false from then on, also after a restart of the worker.
 * Supervision uses it to report something only once.
 */
export async function claimFirstReport(stateDirectory: string, topic: string, text: string): Promise<boolean> {
  const file = join(stateDirectory, `told-${topic}`);
  if (existsSync(file)) return false;
  await writeDurably(file, `${text}\n`);
  return true;
}
