import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from '../contract/facts.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home.js';
import { childEnvironment } from './child-environment.js';
import { findUv } from './find-uv.js';
import { findInterpreters, type Interpreter, listCandidates, pythonsDirectory } from './interpreters.js';
import { compare, distance, parseVersion, parseVersionRange, satisfies, type VersionRange } from './python-version.js';
import { digestOf, readRecord, writeRecord } from './records.js';
import { runCommand } from './run-command.js';

export interface ChosenInterpreter {
  path: string;
  /** For example `3.11.7`. */
  version: string;
  /** What the repository asked for and did not get; null when it got it. */
  note: string | null;
  /** The version that packages of the repository are told they get, where it is not the one they get. */
  claimedVersion: string | null;
}

export interface ChooseOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Newer ones are taken only when they are asked for: many packages have no builds for them yet. */
const newestUnasked = [3, 13];
/** Milliseconds after which a version that was not to be had is looked for again. */
const retryAfter = 24 * 60 * 60 * 1000;
/** Seconds; a download host that cannot be reached fails long before. */
const downloadTimeout = 180;

type ChoiceRecord = ChosenInterpreter & { madeAt: number };

/**
 * The Python that a repository asks for: installed, else downloaded by uv, else the nearest installed one and a note
 * that says so. The choice is remembered until an interpreter comes or goes.
 */
export async function chooseInterpreter(
  home: BerthHome,
  wanted: Facts['python'],
  options: ChooseOptions = {},
): Promise<ChosenInterpreter> {
  const candidates = await listCandidates(home);
  const record = join(
    home.locks,
    `python-${digestOf([wanted?.specifier ?? '', wanted?.from ?? '', ...candidates])}.json`,
  );
  const known = await readRecord<ChoiceRecord>(record);
  if (known !== undefined && isCurrent(known)) return known;
  const chosen = await choose(home, wanted, candidates, options);
  await writeRecord<ChoiceRecord>(record, { ...chosen, madeAt: Date.now() });
  return chosen;
}

const isCurrent = ({ path, note, madeAt }: ChoiceRecord): boolean =>
  existsSync(path) && (note === null || Date.now() - madeAt < retryAfter);

async function choose(
  home: BerthHome,
  wanted: Facts['python'],
  candidates: string[],
  options: ChooseOptions,
): Promise<ChosenInterpreter> {
  const installed = await findInterpreters(candidates, options.signal);
  const range = wanted === null ? [] : parseVersionRange(wanted.specifier);
  const usual = prefer(installed);
  if (wanted === null || range === undefined) {
    if (usual === undefined) throw noPython();
    const note =
      wanted &&
      `${wanted.from} asks for Python “${wanted.specifier}”, which is no CPython version; Python ${usual.version} is used.`;
    return { path: usual.path, version: usual.version, note, claimedVersion: null };
  }
  const fitting = prefer(installed.filter(({ version }) => satisfies(parseVersion(version), range)));
  const found = fitting ?? (await download(home, wanted.specifier, range, options));
  if (found !== undefined) return { path: found.path, version: found.version, note: null, claimedVersion: null };
  const nearest = findNearest(installed, range);
  if (nearest === undefined) throw noPython();
  const note = `${wanted.from} asks for Python ${wanted.specifier}, which is not installed and could not be had; the nearest, Python ${nearest.version}, is used.`;
  const claimed = range.find(({ version }) => satisfies(version, range))?.version.join('.') ?? null;
  return { path: nearest.path, version: nearest.version, note, claimedVersion: claimed };
}

/** `python3` as the user has it, unless it is newer than what packages are built for; else the newest that is not. */
function prefer(interpreters: Interpreter[]): Interpreter | undefined {
  const settled = interpreters.filter(({ version }) => compare(parseVersion(version).slice(0, 2), newestUnasked) <= 0);
  return settled.find(({ isDefault }) => isDefault) ?? settled[0] ?? interpreters.at(-1);
}

function findNearest(interpreters: Interpreter[], range: VersionRange): Interpreter | undefined {
  const far = ({ version }: Interpreter) => distance(parseVersion(version), range);
  return interpreters.toSorted((left, right) => far(left) - far(right))[0];
}

/** One attempt, without uv's own retries; undefined when downloads are switched off or it did not work. */
async function download(
  home: BerthHome,
  specifier: string,
  range: VersionRange,
  { signal, onProgress }: ChooseOptions,
): Promise<Interpreter | undefined> {
  const isOff = ['never', 'manual'].includes(process.env.UV_PYTHON_DOWNLOADS ?? '') || Boolean(process.env.UV_OFFLINE);
  if (isOff || range.length === 0) return undefined;
  onProgress?.(`getting Python ${specifier}`);
  const uv = await findUv(home, { signal, onProgress });
  const request = range.map(({ operator, version }) => toRequest(operator, version.join('.'))).join(',');
  const argv: [string, ...string[]] = [uv, 'python', 'install', '--no-bin', request];
  const env = { ...childEnvironment(), UV_HTTP_RETRIES: '0', UV_PYTHON_INSTALL_DIR: pythonsDirectory(home) };
  const { exitCode } = await runCommand({ argv, cwd: home.root, env, timeout: downloadTimeout, signal });
  if (exitCode !== 0) return undefined;
  const installed = await findInterpreters(await listCandidates(home), signal);
  return prefer(installed.filter(({ version }) => satisfies(parseVersion(version), range)));
}

/** uv knows PEP 440's operators only, and takes a bare version as “any patch of it”. */
function toRequest(operator: string, version: string): string {
  if (operator === '^') return `>=${version}`;
  if (operator === '~') return `~=${version.split('.').length < 3 ? `${version}.0` : version}`;
  return operator === '==' ? version : `${operator}${version}`;
}

const noPython = (): BerthError =>
  new BerthError(
    'TOOL_MISSING',
    'no Python 3.8 or newer is on the PATH: install Python 3, or uv and then `uv python install 3.12`',
    {
      tool: 'python3',
    },
  );
