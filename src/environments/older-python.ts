import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { ChosenInterpreter } from './choose-interpreter.js';
import type { PythonRequirement } from './python-requirements.js';
import { parseVersion } from './python-version.js';
import { digestTexts, readRecord, writeRecord } from './records.js';

const oldestMinor = 8;

interface OlderPythonSearch {
  /** The Python for which a package could not be built. */
  current: ChosenInterpreter;
  choose: (wishes: PythonRequirement[]) => Promise<ChosenInterpreter>;
  /** The requirements as a `pylock.toml` that lists the builds for this Python. */
  resolve: (interpreter: ChosenInterpreter) => Promise<{ text: string }>;
}

/**
 * Finds the newest older Python for which the index has a build of the package that could not be built from source: old
 * pinned versions have none for the Pythons that came after them.
 * @returns undefined where the failure was another one, or no Python that can be had has a build
 */
export async function findOlderPython(
  failure: unknown,
  search: OlderPythonSearch,
): Promise<ChosenInterpreter | undefined> {
  const name = findUnbuiltPackage(failure);
  if (name === undefined) return undefined;
  const [major, minor = oldestMinor] = parseVersion(search.current.version);
  for (let older = minor - 1; major === 3 && older >= oldestMinor; older--) {
    const interpreter = await search.choose([{ specifier: `==3.${older}.*`, from: name }]);
    if (interpreter.note !== null) continue;
    const found = await findLocked(name, interpreter, search);
    if (found?.hasBuild !== true) continue;
    const why = `${name} has no build for Python ${search.current.version}, and building it from source failed; Python ${interpreter.version} is used, for which it has one`;
    for (const asOf of found.published === undefined ? [] : listCutoffDates(found.published)) {
      if (!(await findLocked(name, { ...interpreter, asOf }, search))?.hasBuild) continue;
      const note = `${why}, and packages whose version is left open as they were on ${asOf}.`;
      return { ...interpreter, asOf, note };
    }
    return { ...interpreter, note: `${why}.` };
  }
  return undefined;
}

/** Days within which the packages that go with a pinned one were published: its other pins may be up to years younger. */
const graceDays = [180, 545, 910, 1275];

const listCutoffDates = (published: Date): string[] =>
  graceDays
    .map((days) => published.getTime() + days * 24 * 60 * 60 * 1000)
    .filter((time) => time < Date.now())
    .map((time) => new Date(time).toISOString().slice(0, 10));

/** The older Python that these requirements turned out to need, so that no build is tried again. */
export function createOlderPythonRecord(home: BerthHome, requirements: object, usual: ChosenInterpreter) {
  const record = join(home.locks, `older-${digestTexts([JSON.stringify(requirements), usual.version])}.json`);
  return {
    read: async (): Promise<ChosenInterpreter | undefined> => {
      const known = await readRecord<ChosenInterpreter>(record);
      return known !== undefined && existsSync(known.path) ? known : undefined;
    },
    write: (older: ChosenInterpreter): Promise<void> => writeRecord(record, older),
  };
}

/** The package whose build failed, in uv's words. */
function findUnbuiltPackage(failure: unknown): string | undefined {
  if (!(failure instanceof BerthError)) return undefined;
  if (failure.code !== 'DEPENDENCY_INSTALL' && failure.code !== 'DEPENDENCY_UNRESOLVED') return undefined;
  return /Failed to (?:build|download and build) `([\w.-]+)==/.exec(failure.message)?.[1];
}

function ignoreUnresolved(error: unknown): undefined {
  if (error instanceof BerthError && error.code === 'DEPENDENCY_UNRESOLVED') return undefined;
  throw error;
}

interface Locked {
  /** uv lists the wheels that this Python can install. */
  hasBuild: boolean;
  /** Where the index says so. */
  published: Date | undefined;
}

async function findLocked(
  name: string,
  interpreter: ChosenInterpreter,
  search: OlderPythonSearch,
): Promise<Locked | undefined> {
  const lock = await search.resolve(interpreter).catch(ignoreUnresolved);
  if (lock === undefined) return undefined;
  const { parse } = await import('smol-toml');
  // PEP 751: an array of tables; uv has just written it.
  const packages = (parse(lock.text).packages ?? []) as unknown as LockedPackage[];
  const found = packages.find((locked) => locked.name === name);
  if (found === undefined) return undefined;
  const published = found.sdist?.['upload-time'];
  return { hasBuild: (found.wheels?.length ?? 0) > 0, published: published && new Date(published) };
}

interface LockedPackage {
  name: string;
  sdist?: { 'upload-time'?: Date };
  wheels?: unknown[];
}
