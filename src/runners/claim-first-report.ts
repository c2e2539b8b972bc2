import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '../home/durable-file.js';

/**
 * Whether a revision has this to say for the first time: what would be said again at each watch, and after each restart
 * of the worker, is told once.
 */
export async function claimFirstReport(stateDirectory: string, topic: string, text: string): Promise<boolean> {
  const file = join(stateDirectory, `told-${topic}`);
  if (existsSync(file)) return false;
  await writeDurably(file, `${text}\n`);
  return true;
}
