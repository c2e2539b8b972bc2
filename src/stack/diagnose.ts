import { execFile } from 'node:child_process';
import { mkdir, statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { canCreateControlGroup } from '../processes/control-group.js';
import type { StrategyAvailability } from '../registry/index.js';
import { diagnoseServer } from './diagnose-server.js';
import { locateTemporal } from './ensure-temporal.js';

const execute = promisify(execFile);
const minFreeBytes = 1024 ** 3;

/** One thing that Berth needs or can use. */
export interface DiagnosticCheck {
  name: string;
  ok: boolean;
  /** What was found, or what is wrong. */
  detail: string;
  /** What to do about it; null when nothing is to be done. */
  remedy: string | null;
  /** Without it no deployment succeeds; the rest is had on the way or serves some strategies only. */
  isRequired: boolean;
  /** It is there, and wrong. */
  isBroken?: boolean;
}

/** Looks at everything that a deployment needs, and changes nothing but a file that it writes into the home and removes. */
export async function diagnose(registry: {
  listAvailability(): Promise<StrategyAvailability[]>;
}): Promise<DiagnosticCheck[]> {
  const home = berthHome();
  const [strategies, ...checks] = await Promise.all([
    registry.listAvailability(),
    checkNode(),
    checkProgram('git', { remedy: 'install git' }),
    checkProgram('python3', { remedy: 'install Python 3' }),
    checkProgram('uv', { command: `${home.bin}/uv`, remedy: 'nothing: it is had once from the package index' }, false),
    checkTemporal(home),
    checkHome(home),
    checkProgram('bubblewrap', { command: 'bwrap', remedy: 'install bubblewrap' }, false),
    checkControlGroups(),
  ]);
  return [...checks, ...(await diagnoseServer(home)), ...checkStrategies(strategies)];
}

async function checkNode(): Promise<DiagnosticCheck> {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 11);
  return { name: 'node', ok, detail: version, remedy: ok ? null : 'install Node.js 20.11 or newer', isRequired: true };
}

/** Found on the PATH under its name, or as `command`. */
async function checkProgram(
  name: string,
  { command, remedy }: { command?: string; remedy: string },
  isRequired = true,
): Promise<DiagnosticCheck> {
  for (const candidate of command === undefined ? [name] : [name, command]) {
    const version = await readVersion(candidate);
    if (version !== null) return { name, ok: true, detail: version, remedy: null, isRequired };
  }
  return { name, ok: false, detail: 'not found', remedy, isRequired };
}

async function readVersion(command: string): Promise<string | null> {
  try {
    const { stdout } = await execute(command, ['--version'], { timeout: 20_000, env: process.env });
    return stdout.trim().split('\n')[0] ?? '';
  } catch {
    return null;
  }
}

/** Without one it is not proven that a cleanup leaves nothing. */
async function checkControlGroups(): Promise<DiagnosticCheck> {
  const name = 'control groups';
  if (canCreateControlGroup())
    return { name, ok: true, detail: 'each server has one of its own', remedy: null, isRequired: false };
  const detail =
    'none may be made: a process that clears its environment is found by its open files and directory alone';
  return { name, ok: false, detail, remedy: 'run Berth as root, or with a delegated cgroup', isRequired: false };
}

async function checkTemporal(home: BerthHome): Promise<DiagnosticCheck> {
  const name = 'temporal';
  try {
    const binary = await locateTemporal(home);
    if (binary !== null)
      return { name, ok: true, detail: `${binary.path}: ${binary.description}`, remedy: null, isRequired: false };
    const remedy = 'nothing: it is downloaded or built with Go, once. To have it now: berth up';
    return { name, ok: false, detail: 'not found', remedy, isRequired: false };
  } catch (error) {
    const remedy = 'unset TEMPORAL_CLI, or let it name the Temporal CLI';
    return { name, ok: false, detail: BerthError.from(error).message, remedy, isRequired: true };
  }
}

async function checkHome({ root }: BerthHome): Promise<DiagnosticCheck> {
  const name = 'home';
  try {
    await mkdir(root, { recursive: true });
    const probe = join(root, `.probe-${process.pid}`);
    await writeFile(probe, '');
    await unlink(probe);
  } catch (error) {
    const detail = `${root} cannot be written: ${BerthError.from(error).message}`;
    return { name, ok: false, detail, remedy: 'choose another place: BERTH_HOME=DIR', isRequired: true };
  }
  const { bavail, bsize } = await statfs(root);
  const ok = bavail * bsize >= minFreeBytes;
  const detail = `${root}, ${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
  return {
    name,
    ok,
    detail,
    remedy: ok ? null : 'free at least 1 GiB, or choose another place: BERTH_HOME=DIR',
    isRequired: true,
  };
}

function checkStrategies(entries: StrategyAvailability[]): DiagnosticCheck[] {
  const ready = entries.filter(({ state }) => state === 'ready').map(({ name }) => name);
  const isAnyReady = ready.length > 0;
  const remedy = isAnyReady ? null : 'reinstall Berth';
  return [
    { name: 'strategies', ok: isAnyReady, detail: ready.join(', ') || 'none is ready', remedy, isRequired: true },
    ...entries.filter(({ state }) => state === 'broken').map(describeBroken),
    ...entries.flatMap(describeUnmetNeeds),
  ];
}

const describeBroken = ({ name, problem, directory }: StrategyAvailability): DiagnosticCheck => ({
  name: `strategy ${name}`,
  ok: false,
  detail: problem ?? directory,
  remedy: 'mend the file, then: berth strategies list',
  isRequired: false,
  isBroken: true,
});

const describeUnmetNeeds = ({ name: strategy, unmetNeeds }: StrategyAvailability): DiagnosticCheck[] =>
  unmetNeeds.map(({ name, detail, remedy }) => ({
    name: `strategy ${strategy}`,
    ok: false,
    detail: `${name}: ${detail}`,
    remedy,
    isRequired: false,
  }));
