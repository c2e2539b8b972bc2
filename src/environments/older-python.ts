import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import { parseVersion } from './python-version.js';
import type { PythonWish } from './python-wishes.js';
import { digestOf, readRecord, writeRecord } from './records.js';

const oldest = 8;

interface Search {
  /** The Python for which a package could not be built. */
  current: ChosenInterpreter;
  choose: (wishes: PythonWish[]) => Promise<ChosenInterpreter>;
  /** The requirements as a `pylock.toml` that lists the builds for this Python. */
  resolve: (interpreter: ChosenInterpreter) => Promise<{ text: string }>;
}

/**
 * Finds the newest older Python for which the index has a build of the package that could not be built from source: old
 * pinned versions have none for the Pythons that came after them.
 * @returns undefined where the failure was another one, or no Python that can be had has a build
 */
export async function findOlderPython(failure: unknown, search: Search): Promise<ChosenInterpreter | undefined> {
  const name = findUnbuilt(failure);
  if (name === undefined) return undefined;
  const [major, minor = oldest] = parseVersion(search.current.version);
  for (let older = minor - 1; major === 3 && older >= oldest; older--) {
    const interpreter = await search.choose([{ specifier: `==3.${older}.*`, from: name }]);
    if (interpreter.note !== null) continue;
    const lock = await search.resolve(interpreter).catch(orUnresolved);
    if (lock === undefined || !(await hasBuild(lock.text, name))) continue;
    const note = `${name} has no build for Python ${search.current.version}, and building it from source failed; Python ${interpreter.version} is used, for which it has one.`;
    return { ...interpreter, note };
  }
  return undefined;
}

/** The older Python that these requirements turned out to need, so that no build is tried again. */
export function rememberOlderPython(home: BerthHome, requirements: object, usual: ChosenInterpreter) {
  const record = join(home.locks, `older-${digestOf([JSON.stringify(requirements), usual.version])}.json`);
  return {
    read: async (): Promise<ChosenInterpreter | undefined> => {
      const known = await readRecord<ChosenInterpreter>(record);
      return known !== undefined && existsSync(known.path) ? known : undefined;
    },
    write: (older: ChosenInterpreter): Promise<void> => writeRecord(record, older),
  };
}

/** The package whose build failed, in uv's words. */
function findUnbuilt(failure: unknown): string | undefined {
  if (!(failure instanceof BerthError)) return undefined;
  if (failure.code !== 'DEPENDENCY_INSTALL' && failure.code !== 'DEPENDENCY_UNRESOLVED') return undefined;
  return /Failed to (?:build|download and build) `([\w.-]+)==/.exec(failure.message)?.[1];
}

function orUnresolved(error: unknown): undefined {
  if (error instanceof BerthError && error.code === 'DEPENDENCY_UNRESOLVED') return undefined;
  throw error;
}

/** uv lists the wheels that this Python can install. */
async function hasBuild(text: string, name: string): Promise<boolean> {
  const { parse } = await import('smol-toml');
  // PEP 751: an array of tables; uv has just written it.
  const packages = (parse(text).packages ?? []) as { name: string; wheels?: unknown[] }[];
  return packages.some((found) => found.name === name && (found.wheels?.length ?? 0) > 0);
}
