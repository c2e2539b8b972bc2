import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAgentEnvironment } from './agent-environment.js';
import { readVersion } from './find-program.js';

const versions = new Map<string, Promise<string | null>>();

/** Returns a program's version. Caches it per build of the program, because some take seconds to start. */
export async function queryVersion(program: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const key = `${program} ${(await stat(program)).mtimeMs}`;
  const version = versions.get(key) ?? readVersionInEmptyHome(program, environment);
  versions.set(key, version);
  return version;
}

/** Uses an empty home, because some programs write into it even for `--version`. */
async function readVersionInEmptyHome(program: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const home = await mkdtemp(join(tmpdir(), 'berth-version-'));
  try {
    return await readVersion(program, buildAgentEnvironment({ home, temporary: home }, 'version', environment));
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Compares versions number by number. An unknown version is not older. */
export function isOlder(version: string | null, minimum: string): boolean {
  if (version === null) return false;
  const [actual, required] = [version, minimum].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let index = 0; index < (required?.length ?? 0); index += 1) {
    const difference = (actual?.[index] ?? 0) - (required?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
