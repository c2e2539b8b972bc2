import { execFile } from 'node:child_process';
import { mkdir, statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { canCreateControlGroup } from '../processes/control-group.js';
import type { StrategyAvailability } from '../registry/index.js';
import { diagnoseServer } from './diagnose-server.js';
import type { DiagnosticCheck } from './diagnostic-check.js';
import { locateTemporal } from './ensure-temporal.js';

const execute = promisify(execFile);
const minFreeBytes = 1024 ** 3;

/** Checks everything that deployments need. Changes nothing, except for a probe file in the home that it removes. */
export async function diagnose(registry: {
  listAvailability(): Promise<StrategyAvailability[]>;
}): Promise<DiagnosticCheck[]> {
  const home = berthHome();
  const [strategies, ...checks] = await Promise.all([
    registry.listAvailability(),
    checkNode(),
    checkProgram('git', { remedy: 'install git' }),
    checkProgram('python3', { remedy: 'install Python 3' }),
    checkProgram('uv', { command: `${home.bin}/uv`, detail: 'not found; Berth installs it on first use' }, false),
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

/** Checks a program on the PATH by its name, or at `command`. */
async function checkProgram(
  name: string,
  { command, detail = 'not found', remedy = null }: { command?: string; detail?: string; remedy?: string | null },
  isRequired = true,
): Promise<DiagnosticCheck> {
  for (const candidate of command === undefined ? [name] : [name, command]) {
    const version = await readVersion(candidate);
    if (version !== null) return { name, ok: true, detail: version, remedy: null, isRequired };
  }
  return { name, ok: false, detail, remedy, isRequired };
}

async function readVersion(command: string): Promise<string | null> {
  try {
    const { stdout } = await execute(command, ['--version'], { timeout: 20_000, env: process.env });
    return stdout.trim().split('\n')[0] ?? '';
  } catch {
    return null;
  }
}

/** Checks control groups; without them a cleanup cannot find a process that hides completely. */
async function checkControlGroups(): Promise<DiagnosticCheck> {
  const name = 'control groups';
  if (canCreateControlGroup()) return { name, ok: true, detail: 'available', remedy: null, isRequired: false };
  const detail =
    'not available: cleanup finds a process that clears its environment only by its open files and directory';
  return { name, ok: false, detail, remedy: 'run Berth as root, or with a delegated cgroup', isRequired: false };
}

async function checkTemporal(home: BerthHome): Promise<DiagnosticCheck> {
  const name = 'temporal';
  try {
    const binary = await locateTemporal(home);
    if (binary !== null)
      return { name, ok: true, detail: `${binary.path}: ${binary.description}`, remedy: null, isRequired: false };
    const detail = 'not found; Berth downloads it or builds it with Go on first use';
    return { name, ok: false, detail, remedy: null, isRequired: false };
  } catch (error) {
    const remedy = 'unset TEMPORAL_CLI, or set it to the path of the Temporal CLI';
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
    const detail = `cannot write to ${root}: ${BerthError.from(error).message}`;
    return { name, ok: false, detail, remedy: 'choose another directory: BERTH_HOME=DIR', isRequired: true };
  }
  const { bavail, bsize } = await statfs(root);
  const ok = bavail * bsize >= minFreeBytes;
  const detail = `${root}, ${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free`;
  return {
    name,
    ok,
    detail,
    remedy: ok ? null : 'free at least 1 GiB, or choose another directory: BERTH_HOME=DIR',
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
  remedy: 'fix the file, then: berth strategies list',
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
