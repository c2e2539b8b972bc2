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
  /** Python for which a package could not be built. */
  current: ChosenInterpreter;
  choose: (requirements: PythonRequirement[]) => Promise<ChosenInterpreter>;
  /** Resolves the requirements to a `pylock.toml` that lists the builds for this Python. */
  resolve: (interpreter: ChosenInterpreter) => Promise<{ text: string }>;
}

/**
 * Finds the newest older Python for which the index has a build of a package that could not be built from source. Old
 * pinned versions have no builds for later Pythons.
 *
 * @returns undefined when the failure has another cause, or no available Python has a build.
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
    const reason = `${name} has no build for Python ${search.current.version}, and building it from source failed. Uses Python ${interpreter.version}, for which it has a build`;
    for (const asOf of found.published === undefined ? [] : listCutoffDates(found.published)) {
      if (!(await findLocked(name, { ...interpreter, asOf }, search))?.hasBuild) continue;
      const note = `${reason}, and unpinned packages as of ${asOf}.`;
      return { ...interpreter, asOf, note };
    }
    return { ...interpreter, note: `${reason}.` };
  }
  return undefined;
}

/** Days after a pinned package within which its companions were published; other pins may be years younger. */
const graceDays = [180, 545, 910, 1275];

const listCutoffDates = (published: Date): string[] =>
  graceDays
    .map((days) => published.getTime() + days * 24 * 60 * 60 * 1000)
    .filter((time) => time < Date.now())
    .map((time) => new Date(time).toISOString().slice(0, 10));

/** Creates the record of the older Python that these requirements need, so that later runs skip the failing build. */
export function createOlderPythonRecord(home: BerthHome, requirements: object, current: ChosenInterpreter) {
  const record = join(home.locks, `older-${digestTexts([JSON.stringify(requirements), current.version])}.json`);
  return {
    read: async (): Promise<ChosenInterpreter | undefined> => {
      const recorded = await readRecord<ChosenInterpreter>(record);
      return recorded !== undefined && existsSync(recorded.path) ? recorded : undefined;
    },
    write: (older: ChosenInterpreter): Promise<void> => writeRecord(record, older),
  };
}

/** Returns the name of the package whose build failed, from uv's message. */
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
  /** True when uv lists wheels for this Python. */
  hasBuild: boolean;
  /** Undefined if the index does not contain it. */
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
  // PEP 751 defines an array of tables, which uv has just written.
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
