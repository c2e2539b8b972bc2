import { copyFile, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { builtInStrategiesDirectory } from '../../../src/home/package-root.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import type { GraphInterface } from '../graph-interface.js';
import { readServerConfig } from './server-config.js';

/** Stores threads over restarts and revisions; the repository's own checkpointer takes precedence. */
const threadStoreModule = join(builtInStrategiesDirectory, 'langgraph', 'server', 'thread_store.py');

export interface ServerFiles {
  /** Path of the configuration that the server reads. */
  config: string;
  /** Absolute directories that the server puts on Python's path. */
  dependencies: string[];
  /** Variables that langgraph.json declares. */
  declared: Record<string, string>;
}

/** Writes what the server reads into the state directory: its configuration and the module that keeps threads. */
export async function prepareServerFiles(
  plan: RunPlan,
  graph: GraphInterface,
  { skippedGraphs, onProgress }: { skippedGraphs: string[]; onProgress: StartOptions['onProgress'] | undefined },
): Promise<ServerFiles> {
  const { directory, stateDirectory, sharedDirectory } = plan;
  const serverConfig = await readServerConfig({ directory, skippedGraphs, ...graph });
  for (const setting of serverConfig.dropped)
    onProgress?.(`${graph.config}: ${setting} is left out: Berth calls the server as it is`);
  const config = join(stateDirectory, 'langgraph.json');
  const threadStore = join(stateDirectory, 'threads.py'); // Python writes bytecode next to imported modules
  const document = { checkpointer: { path: `${threadStore}:open_threads` }, ...serverConfig.document };
  await writeFile(config, JSON.stringify(document, null, 2), { mode: 0o600 });
  await copyFile(threadStoreModule, threadStore);
  await mkdir(sharedDirectory, { recursive: true, mode: 0o700 });
  await linkStateDirectory(plan);
  return { config, dependencies: serverConfig.dependencies, declared: serverConfig.env };
}

/**
 * Links `.langgraph_api`, where the server keeps threads and runs, into the state directory. The server looks for it in its
 * working directory, which is the revision, so that the code finds its files.
 */
async function linkStateDirectory({ directory, stateDirectory }: RunPlan): Promise<void> {
  const state = join(stateDirectory, 'langgraph_api');
  const link = join(directory, '.langgraph_api');
  await mkdir(state, { recursive: true, mode: 0o700 });
  if ((await readlink(link).catch(() => undefined)) === state) return;
  if ((await lstat(link).catch(() => undefined)) !== undefined) await rm(link, { recursive: true });
  await symlink(state, link);
}
