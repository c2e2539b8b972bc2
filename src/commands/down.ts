import { readdir } from 'node:fs/promises';
import { readActiveRevision } from '../calls/active-revision.js';
import { berthHome } from '../home/home.js';
import type { StoppedStack } from '../stack/index.js';
import { defineCommand } from './command.js';

export const down = defineCommand({
  name: 'down',
  summary: 'stop the worker and the embedded server, but not deployed software',
  arguments: {},
  options: {},
  async run({ output }) {
    const { stopStack } = await import('../stack/index.js');
    const stopped = await stopStack({ onProgress: output.note });
    const runningSoftware = await listRunningSoftware();
    await output.result(stopped, () => describeStopped(stopped, runningSoftware));
  },
});

/** Lists the deployments on this machine whose software runs according to their records. */
export async function listRunningSoftware(home = berthHome()): Promise<string[]> {
  const names = await readdir(home.deployments).catch(() => []);
  const revisions = await Promise.all(names.map((name) => readActiveRevision(home, name).catch(() => undefined)));
  return revisions.flatMap((revision) => (revision === undefined || revision.isStopped ? [] : [revision.deployment]));
}

/** Describes which parts of the stack were stopped, and which software still runs. */
export function describeStopped({ worker, server }: StoppedStack, runningSoftware: string[]): string {
  const parts = [worker ? 'the worker' : null, server ? 'the Temporal server' : null].filter((part) => part !== null);
  const stopped = parts.length === 0 ? 'nothing was running' : `stopped ${parts.join(' and ')}`;
  return runningSoftware.length === 0 ? stopped : `${stopped}; still running: ${runningSoftware.join(', ')}`;
}
