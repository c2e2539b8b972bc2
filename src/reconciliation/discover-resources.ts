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

/** Module of a strategy's runner class. */
export interface RunnerSource {
  strategy: string;
  module: string;
  className: string;
}

/** An external resource with a deployment's mark. A process may belong to no single revision. */
export type DiscoveredResource = Omit<ExternalResource, 'revision'> & { revision: string | null };

/** Deployments and resources of this home that exist, independent of what is recorded. */
export interface Discovery {
  /** Every deployment that a directory, a ledger or a resource names. */
  deployments: string[];
  resources: DiscoveredResource[];
  /** Resources that could not be listed, with the reason. They do not count as orphans. */
  notes: string[];
}

export async function discoverResources(home: BerthHome, runners: readonly RunnerSource[]): Promise<Discovery> {
  const notes: string[] = [];
  const runnerResources = await Promise.all(
    runners.map((runner) =>
      listRunnerResources(home, runner).catch((error: Error) => {
        notes.push(`resources of ${runner.strategy} were not checked: ${error.message}`);
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
  notes.push(...(await listUnmarkedProcesses(home)));
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

/** Lists one resource per mark, such as a server with its workers, or a coding agent with its child processes. */
async function listProcesses(home: BerthHome): Promise<DiscoveredResource[]> {
  const marked = new Map<string, DiscoveredResource & { pids: number[] }>();
  for (const root of await listRoots(home))
    for (const { pid, value } of findMarkedProcessesBelow(root)) {
      const [deployment = '', ...inside] = relative(root, value).split(sep);
      const revision = inside[0] === 'revisions' ? (inside[1] ?? null) : null;
      const resource = marked.get(value) ?? {
        kind: 'process',
        name: '',
        deployment,
        revision,
        bytes: null,
        pids: [],
        remove: async () => void (await killProcessesWithMark(value)),
      };
      resource.pids.push(pid);
      resource.name = describeProcesses(resource.pids, inside);
      marked.set(value, resource);
    }
  return [...marked.values()];
}

/** Describes processes that work in a deployment's directory and may belong to the user. */
async function listUnmarkedProcesses(home: BerthHome): Promise<string[]> {
  const processes = [...(await listRoots(home))].flatMap(findUnprovenProcesses);
  return processes.map(
    ({ pid, value }) => `process ${pid} works in ${dirname(value)} without a mark: it may be yours and is left alone`,
  );
}

/** Returns the directory of deployments as Berth names it, and its real path. Marks may contain either. */
async function listRoots({ deployments }: BerthHome): Promise<Set<string>> {
  return new Set([deployments, await realpath(deployments).catch(() => deployments)]);
}

const describeProcesses = (pids: readonly number[], inside: readonly string[]): string => {
  const path = inside.filter((part) => part !== '').join(sep);
  return `${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')}${path === '' ? '' : ` (${path})`}`;
};
