import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import { createChildEnvironment } from './child-environment.js';
import { findUv } from './find-uv.js';
import { findInterpreters, type Interpreter, listInterpreterCandidates, pythonsDirectory } from './interpreters.js';
import {
  type CombinedPythonRequirements,
  combinePythonRequirements,
  describeUnmet,
  isMandatory,
  type PythonRequirement,
} from './python-requirements.js';
import { compare, distance, parseVersion, satisfies, type VersionRange } from './python-version.js';
import { digestTexts, readRecord, writeRecord } from './records.js';
import { runCommand } from './run-command.js';

export interface ChosenInterpreter {
  path: string;
  /** For example `3.11.7`. */
  version: string;
  /** Python requirements that this interpreter does not meet; null when it meets all. */
  note: string | null;
  /** Version to claim when installing the repository's packages, if they would refuse this one. */
  claimedVersion: string | null;
  /** Ignores packages published after this day (`2022-06-23`); no limit when absent. */
  asOf?: string;
}

export interface ChooseOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Newer versions are used only on request, because many packages have no builds for them yet. */
const newestDefault = [3, 13];
/** Milliseconds after which to look again for a version that was unavailable. */
const retryAfter = 24 * 60 * 60 * 1000;
/** Seconds; an unreachable download host fails much earlier. */
const downloadTimeout = 180;

type ChoiceRecord = ChosenInterpreter & { madeAt: number };

/**
 * Chooses the Python for the requirements of all manifests: an installed one, else a download by uv, else the nearest
 * installed one. Caches the choice until an interpreter is installed or removed.
 *
 * @throws TOOL_MISSING when the machine has no Python.
 */
export async function chooseInterpreter(
  home: BerthHome,
  requirements: PythonRequirement[],
  options: ChooseOptions = {},
): Promise<ChosenInterpreter> {
  const candidates = await listInterpreterCandidates(home);
  const record = join(home.locks, `python-${digestTexts([JSON.stringify(requirements), ...candidates])}.json`);
  const cached = await readRecord<ChoiceRecord>(record);
  if (cached !== undefined && isCurrent(cached)) return cached;
  const chosen = await choose(home, combinePythonRequirements(requirements), candidates, options);
  await writeRecord<ChoiceRecord>(record, { ...chosen, madeAt: Date.now() });
  return chosen;
}

const isCurrent = ({ path, note, madeAt }: ChoiceRecord): boolean =>
  existsSync(path) && (note === null || Date.now() - madeAt < retryAfter);

async function choose(
  home: BerthHome,
  combined: CombinedPythonRequirements,
  candidates: string[],
  options: ChooseOptions,
): Promise<ChosenInterpreter> {
  const installed = await findInterpreters(candidates, options.signal);
  const range = combined.accepted.flatMap((requirement) => requirement.range);
  const isFitting = ({ version }: Interpreter): boolean => satisfies(parseVersion(version), range);
  const fitting = choosePreferred(installed.filter(isFitting)) ?? (await download(home, range, options));
  if (fitting !== undefined)
    return { ...toChosenInterpreter(fitting, describeUnmet(combined, fitting.version)), claimedVersion: null };
  const nearest = findNearest(installed, combined);
  if (nearest === undefined) throw noPythonError();
  const unmet = combined.accepted.filter((requirement) => !satisfies(parseVersion(nearest.version), requirement.range));
  const notes = unmet.map(
    ({ from, specifier }) =>
      `${from} requires Python ${specifier}, which is neither installed nor available for download: uses the nearest version, Python ${nearest.version}.`,
  );
  const isRefused = unmet.some(isMandatory);
  const claimed = isRefused
    ? (range.find(({ version }) => satisfies(version, range))?.version.join('.') ?? null)
    : null;
  return {
    ...toChosenInterpreter(nearest, [...notes, ...describeUnmet(combined, nearest.version)]),
    claimedVersion: claimed,
  };
}

const toChosenInterpreter = (
  { path, version }: Interpreter,
  notes: string[],
): Omit<ChosenInterpreter, 'claimedVersion'> => ({
  path,
  version,
  note: notes.length === 0 ? null : notes.join(' '),
});

/** Prefers the user's `python3`, then the newest version that most packages support. */
function choosePreferred(interpreters: Interpreter[]): Interpreter | undefined {
  const supported = interpreters.filter(
    ({ version }) => compare(parseVersion(version).slice(0, 2), newestDefault) <= 0,
  );
  return supported.find(({ isDefault }) => isDefault) ?? supported[0] ?? interpreters.at(-1);
}

/** Finds the interpreter that meets the most requirements, by priority, and is nearest to the first unmet one. */
function findNearest(interpreters: Interpreter[], { accepted }: CombinedPythonRequirements): Interpreter | undefined {
  const countMet = ({ version }: Interpreter): number => {
    const first = accepted.findIndex((requirement) => !satisfies(parseVersion(version), requirement.range));
    return first === -1 ? accepted.length : first;
  };
  const maxMet = Math.max(...interpreters.map(countMet));
  const range = accepted[maxMet]?.range ?? [];
  const distanceOf = ({ version }: Interpreter) => distance(parseVersion(version), range);
  return interpreters
    .filter((interpreter) => countMet(interpreter) === maxMet)
    .toSorted((left, right) => distanceOf(left) - distanceOf(right))[0];
}

/** Downloads a Python once, without uv's retries. Returns undefined when downloads are off or the download failed. */
async function download(
  home: BerthHome,
  range: VersionRange,
  { signal, onProgress }: ChooseOptions,
): Promise<Interpreter | undefined> {
  const isOff = ['never', 'manual'].includes(process.env.UV_PYTHON_DOWNLOADS ?? '') || Boolean(process.env.UV_OFFLINE);
  if (isOff || range.length === 0) return undefined;
  const request = formatUvRequest(range);
  onProgress?.(`downloading Python ${request}`);
  const uv = await findUv(home, { signal, onProgress });
  const argv: [string, ...string[]] = [uv, 'python', 'install', '--no-bin', request];
  const env = { ...createChildEnvironment(), UV_HTTP_RETRIES: '0', UV_PYTHON_INSTALL_DIR: pythonsDirectory(home) };
  const { exitCode } = await runCommand({ argv, cwd: home.root, env, timeout: downloadTimeout, signal });
  if (exitCode !== 0) return undefined;
  const installed = await findInterpreters(await listInterpreterCandidates(home), signal);
  return choosePreferred(installed.filter(({ version }) => satisfies(parseVersion(version), range)));
}

/** Formats a range for uv, which knows PEP 440's operators only and takes a bare version as any patch of it. */
function formatUvRequest(range: VersionRange): string {
  const isBare = range.length === 1;
  return [...new Set(range.map(({ operator, version }) => toClause(operator, version.join('.'), isBare)))].join(',');
}

function toClause(operator: string, version: string, isBare: boolean): string {
  const parts = version.split('.').length;
  if (operator === '^') return `>=${version}`;
  if (operator === '~') return `~=${parts < 3 ? `${version}.0` : version}`;
  if (operator !== '==') return `${operator}${version}`;
  return isBare ? version : `==${version}${parts < 3 ? '.*' : ''}`;
}

const noPythonError = (): BerthError =>
  new BerthError(
    'TOOL_MISSING',
    'no Python 3.8 or newer is on the PATH: install Python 3, or uv and then `uv python install 3.12`',
    {
      tool: 'python3',
    },
  );
