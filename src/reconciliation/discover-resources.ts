import { readdir, realpath } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import type { BerthHome } from '../home/home.js';
import {
  findMarkedProcessesBelow,
  findUnprovenProcesses,
  killProcessesWithMark,
} from '../processes/marked-processes.js';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { ExternalResource } from '../runners/runner.js';
import { Ledger } from '../workspaces/index.js';

/** A strategy's runner, where there is one. */
export interface RunnerSource {
  strategy: string;
  module: string;
  className: string;
}

/** Something in the world that bears a deployment's mark; a process may serve no single revision. */
export type DiscoveredResource = Omit<ExternalResource, 'revision'> & { revision: string | null };

/** What there is of this home's deployments, whatever anybody has on record. */
export interface Discovery {
  /** Every name that a directory, a ledger or a thing bears. */
  deployments: string[];
  resources: DiscoveredResource[];
  /** What could not be looked at, and why: of that, nothing counts as left over. */
  notes: string[];
}

export async function discoverResources(home: BerthHome, runners: readonly RunnerSource[]): Promise<Discovery> {
  const notes: string[] = [];
  const runnerResources = await Promise.all(
    runners.map((runner) =>
      listRunnerResources(home, runner).catch((error: Error) => {
        notes.push(`what ${runner.strategy} made was not looked at: ${error.message}`);
        return [];
      }),
    ),
  );
  const resources: DiscoveredResource[] = [...(await listProcesses(home)), ...runnerResources.flat()];
  const names = [
    ...(await listDirectories(home)),
    ...(await Ledger.list(home)),
    ...resources.map(({ deployment }) => deployment),
  ];
  notes.push(...(await listUnprovenProcesses(home)));
  return { deployments: [...new Set(names)].filter((name) => name !== '').sort(), resources, notes };
}

async function listDirectories({ deployments }: BerthHome): Promise<string[]> {
  const entries = await readdir(deployments, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function listRunnerResources(home: BerthHome, runner: RunnerSource): Promise<DiscoveredResource[]> {
  const Runner = await loadRunnerClass(runner);
  return (await Runner.listResources?.(home)) ?? [];
}

/** One thing per mark: a server with all its workers, an agent's run with all that it started. */
async function listProcesses(home: BerthHome): Promise<DiscoveredResource[]> {
  const marked = new Map<string, DiscoveredResource & { pids: number[] }>();
  for (const root of await listRoots(home))
    for (const { pid, value } of findMarkedProcessesBelow(root)) {
      const [deployment = '', ...inside] = relative(root, value).split(sep);
      const revision = inside[0] === 'revisions' ? (inside[1] ?? null) : null;
      const found = marked.get(value) ?? {
        ...{ kind: 'process', name: '', deployment, revision, bytes: null, pids: [] },
        remove: async () => void (await killProcessesWithMark(value)),
      };
      found.pids.push(pid);
      found.name = describeProcesses(found.pids, inside);
      marked.set(value, found);
    }
  return [...marked.values()];
}

/** What works in a deployment's directory, and may be the user's own. */
async function listUnprovenProcesses(home: BerthHome): Promise<string[]> {
  const found = [...(await listRoots(home))].flatMap(findUnprovenProcesses);
  return found.map(
    ({ pid, value }) =>
      `process ${pid} works in ${dirname(value)} and bears no mark: it may be yours, and is left alone`,
  );
}

/** The deployments' directory as Berth names it, and without links on the way: marks are written both ways. */
async function listRoots({ deployments }: BerthHome): Promise<Set<string>> {
  return new Set([deployments, await realpath(deployments).catch(() => deployments)]);
}

const describeProcesses = (pids: readonly number[], inside: readonly string[]): string => {
  const place = inside.filter((part) => part !== '').join(sep);
  return `${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')}${place === '' ? '' : ` (${place})`}`;
};
