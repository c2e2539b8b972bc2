import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAgentEnvironment } from './agent-environment.js';
import { readVersion } from './find-program.js';

const versions = new Map<string, Promise<string | null>>();

/** The version of a program, asked once per process and build of it: some take seconds to start. */
export async function queryVersion(program: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const key = `${program} ${(await stat(program)).mtimeMs}`;
  const asked = versions.get(key) ?? readVersionInEmptyHome(program, environment);
  versions.set(key, asked);
  return asked;
}

/** Even for `--version` some write into their home. */
async function readVersionInEmptyHome(program: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), 'berth-version-'));
  try {
    return await readVersion(program, buildAgentEnvironment({ home, temporary: home }, 'version', environment));
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Compares by the numbers between the dots; an unknown version is not older. */
export function isOlder(version: string | null, minimum: string): boolean {
  if (version === null) return false;
  const [have, want] = [version, minimum].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let index = 0; index < (want?.length ?? 0); index += 1) {
    const difference = (have?.[index] ?? 0) - (want?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
