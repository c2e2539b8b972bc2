import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { BerthHome } from '../../src/home/home.js';
import { stopStack } from '../../src/stack/index.js';
import { registerCleanup, temporaryHome } from './temporary-directories.js';

/** Creates a home. Its stack and software are removed when the test file ends, even if it fails. */
export function temporaryStack(): BerthHome {
  const before = process.env.BERTH_HOME;
  const home = temporaryHome();
  process.env.BERTH_HOME = home.root;
  registerCleanup(async () => {
    await stopStack().catch(() => undefined);
    for (const pid of listProcesses(home)) killQuietly(pid);
    removeLinksInto(home);
    if (before === undefined) delete process.env.BERTH_HOME;
    else process.env.BERTH_HOME = before;
  });
  return home;
}

/** Lists live processes with the home on their command line. */
export function listProcesses(home: BerthHome): number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => readCommandLine(pid).includes(home.root)).map(Number);
}

export function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // the process ended by itself
  }
}

/** Removes the short links to temporary files of software that was killed here, as `cleanup` would. */
function removeLinksInto(home: BerthHome): void {
  const directory = join(tmpdir(), `berth-${userInfo().uid}`);
  if (!existsSync(directory)) return;
  const links = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  for (const { name } of links)
    if (readlinkSync(join(directory, name)).startsWith(home.root)) rmSync(join(directory, name), { force: true });
}
