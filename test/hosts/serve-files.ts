import { afterAll } from '@jest/globals';
import type { RunPlan } from '../../src/contract/handle.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { LocalRunner } from '../../strategies/local/runner.js';
import { createLocalPlan } from '../strategies/local-plan.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import type { ServedHost } from './serve.js';

const served: LocalRunner[] = [];
afterAll(async () => {
  for (const runner of served) await runner.undo();
});

export interface ServedEntry {
  module: string;
  callable: string;
  file?: string;
  paths?: string[];
  package?: { name: string; directory: string };
  call?: string;
  environment?: string[];
}

interface Variables {
  env?: Record<string, string>;
}

/** Starts a real host process that serves an entry of a repository. It ends with the test file. */
export async function serveFiles(
  files: Record<string, string>,
  entry: ServedEntry,
  { env = {}, onProgress, ...changes }: Partial<RunPlan> & Pick<StartOptions, 'onProgress'> & Variables = {},
): Promise<ServedHost> {
  const runInterface = { type: 'function', call: 'auto', ...entry };
  const plan = createLocalPlan(temporaryDirectory('berth-host-'), files, { runInterface, ...changes });
  const runner = new LocalRunner(plan);
  served.push(runner);
  await runner.start({ env, ...(onProgress && { onProgress }) });
  return { plan, runner, call: (inputs, timeout) => runner.run(inputs, timeout === undefined ? {} : { timeout }) };
}
