import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Records of the current or last host process, and of the one before it. */
const files = ['waiting', 'waiting.before'];

/**
 * Checks whether a call was waiting for its turn when its host process ended, so that its code has not run. The host process
 * writes the ids of waiting calls to its state directory: see hosts/python/berth_host/waiting_calls.py.
 */
export async function wasWaiting(stateDirectory: string, id: string): Promise<boolean> {
  for (const file of files) {
    const text = await readFile(join(stateDirectory, file), 'latin1').catch(() => '');
    if (text.split('\0').includes(id)) return true;
  }
  return false;
}
