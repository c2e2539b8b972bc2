import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Of the host that is there, or was last, and of the one before it. */
const files = ['waiting', 'waiting.before'];

/**
 * Whether the call waited for its turn when its host ended, so that nothing of it has run. The host writes the ids of
 * waiting calls below its state directory: see hosts/python/berth_host/waiting_calls.py.
 */
export async function wasWaiting(stateDirectory: string, id: string): Promise<boolean> {
  for (const file of files) {
    const text = await readFile(join(stateDirectory, file), 'latin1').catch(() => '');
    if (text.split('\0').includes(id)) return true;
  }
  return false;
}
