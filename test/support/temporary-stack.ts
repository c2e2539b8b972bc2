import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { BerthHome } from '../../src/home/home.js';
import { stopStack } from '../../src/stack/index.js';
import { registerCleanup, temporaryHome } from './temporary-directories.js';

/** A home of its own whose stack and software are gone when the test file ends, also when it fails. */
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

/** Living processes that name the home on their command line. */
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
    // It ended by itself in the meantime.
  }
}

/** What `cleanup` would have removed: the short links to the temporary files of software that was killed here. */
function removeLinksInto(home: BerthHome): void {
  const directory = join(tmpdir(), `berth-${userInfo().uid}`);
  if (!existsSync(directory)) return;
  const links = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  for (const { name } of links)
    if (readlinkSync(join(directory, name)).startsWith(home.root)) rmSync(join(directory, name), { force: true });
}
