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
  /** What the repository asked for and did not get; null when it got it. */
  note: string | null;
  /** The version that packages of the repository are told they get, where it is not the one they get. */
  claimedVersion: string | null;
  /** Day until which packages were published that are taken for it (`2022-06-23`); absent: until today. */
  asOf?: string;
}

export interface ChooseOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Newer ones are taken only when they are asked for: many packages have no builds for them yet. */
const newestDefault = [3, 13];
/** Milliseconds after which a version that was not to be had is looked for again. */
const retryAfter = 24 * 60 * 60 * 1000;
/** Seconds; a download host that cannot be reached fails long before. */
const downloadTimeout = 180;

type ChoiceRecord = ChosenInterpreter & { madeAt: number };

/**
 * The Python that a repository asks for, by all of its manifests together: installed, else downloaded by uv, else the
 * nearest installed one. Notes say what was not met. The choice is remembered until an interpreter comes or goes.
 */
export async function chooseInterpreter(
  home: BerthHome,
  wishes: PythonRequirement[],
  options: ChooseOptions = {},
): Promise<ChosenInterpreter> {
  const candidates = await listInterpreterCandidates(home);
  const record = join(home.locks, `python-${digestTexts([JSON.stringify(wishes), ...candidates])}.json`);
  const known = await readRecord<ChoiceRecord>(record);
  if (known !== undefined && isCurrent(known)) return known;
  const chosen = await choose(home, combinePythonRequirements(wishes), candidates, options);
  await writeRecord<ChoiceRecord>(record, { ...chosen, madeAt: Date.now() });
  return chosen;
}

const isCurrent = ({ path, note, madeAt }: ChoiceRecord): boolean =>
  existsSync(path) && (note === null || Date.now() - madeAt < retryAfter);

async function choose(
  home: BerthHome,
  wanted: CombinedPythonRequirements,
  candidates: string[],
  options: ChooseOptions,
): Promise<ChosenInterpreter> {
  const installed = await findInterpreters(candidates, options.signal);
  const range = wanted.accepted.flatMap((wish) => wish.range);
  const meets = ({ version }: Interpreter): boolean => satisfies(parseVersion(version), range);
  const fitting = choosePreferred(installed.filter(meets)) ?? (await download(home, range, options));
  if (fitting !== undefined)
    return { ...toChosenInterpreter(fitting, describeUnmet(wanted, fitting.version)), claimedVersion: null };
  const nearest = findNearest(installed, wanted);
  if (nearest === undefined) throw noPythonError();
  const unmet = wanted.accepted.filter((wish) => !satisfies(parseVersion(nearest.version), wish.range));
  const notes = unmet.map(
    ({ from, specifier }) =>
      `${from} asks for Python ${specifier}, which is not installed and could not be had; the nearest, Python ${nearest.version}, is used.`,
  );
  const isRefused = unmet.some(isMandatory);
  const claimed = isRefused
    ? (range.find(({ version }) => satisfies(version, range))?.version.join('.') ?? null)
    : null;
  return {
    ...toChosenInterpreter(nearest, [...notes, ...describeUnmet(wanted, nearest.version)]),
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

/** `python3` as the user has it, unless it is newer than what packages are built for; else the newest that is not. */
function choosePreferred(interpreters: Interpreter[]): Interpreter | undefined {
  const settled = interpreters.filter(({ version }) => compare(parseVersion(version).slice(0, 2), newestDefault) <= 0);
  return settled.find(({ isDefault }) => isDefault) ?? settled[0] ?? interpreters.at(-1);
}

/** Of those that meet most of the wishes, by their importance, the one that is nearest to what else is wished. */
function findNearest(interpreters: Interpreter[], { accepted }: CombinedPythonRequirements): Interpreter | undefined {
  const met = ({ version }: Interpreter): number => {
    const first = accepted.findIndex((wish) => !satisfies(parseVersion(version), wish.range));
    return first === -1 ? accepted.length : first;
  };
  const most = Math.max(...interpreters.map(met));
  const range = accepted[most]?.range ?? [];
  const far = ({ version }: Interpreter) => distance(parseVersion(version), range);
  return interpreters.filter((one) => met(one) === most).toSorted((left, right) => far(left) - far(right))[0];
}

/** One attempt, without uv's own retries; undefined when downloads are switched off or it did not work. */
async function download(
  home: BerthHome,
  range: VersionRange,
  { signal, onProgress }: ChooseOptions,
): Promise<Interpreter | undefined> {
  const isOff = ['never', 'manual'].includes(process.env.UV_PYTHON_DOWNLOADS ?? '') || Boolean(process.env.UV_OFFLINE);
  if (isOff || range.length === 0) return undefined;
  const request = formatUvRequest(range);
  onProgress?.(`getting Python ${request}`);
  const uv = await findUv(home, { signal, onProgress });
  const argv: [string, ...string[]] = [uv, 'python', 'install', '--no-bin', request];
  const env = { ...createChildEnvironment(), UV_HTTP_RETRIES: '0', UV_PYTHON_INSTALL_DIR: pythonsDirectory(home) };
  const { exitCode } = await runCommand({ argv, cwd: home.root, env, timeout: downloadTimeout, signal });
  if (exitCode !== 0) return undefined;
  const installed = await findInterpreters(await listInterpreterCandidates(home), signal);
  return choosePreferred(installed.filter(({ version }) => satisfies(parseVersion(version), range)));
}

/** uv knows PEP 440's operators only, and takes one bare version as “any patch of it”. */
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
