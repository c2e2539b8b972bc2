import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { writeTree } from '../support/temporary-directories.js';

/** Creates a plan of the local strategy for these files, in one temporary directory. */
export function createLocalPlan(
  directory: string,
  files: Record<string, string>,
  changes: Partial<RunPlan> = {},
): RunPlan {
  const code = join(directory, 'code');
  mkdirSync(code, { recursive: true });
  writeTree(code, files);
  return {
    deployment: 'demo',
    revision: 'r1',
    strategy: 'local',
    provider: null,
    directory: code,
    stateDirectory: join(directory, 'state'),
    sharedDirectory: join(directory, 'shared'),
    logFile: join(directory, 'r1.log'),
    environment: null,
    runInterface: { type: 'function', module: 'app', callable: 'predict' },
    resources: {},
    timeout: 10,
    ...changes,
  };
}
