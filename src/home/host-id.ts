import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurablySync } from './durable-file.js';
import { type BerthHome, berthHome } from './home.js';

/**
 * Returns a stable id of this machine and this home. A worker that polls the task queue `berth-host-<id>` finds the
 * workspaces and processes of the deployments there. `BERTH_HOST_ID` overrides it.
 */
export function getHostId(home: BerthHome = berthHome()): string {
  const chosen = process.env.BERTH_HOST_ID;
  if (chosen) return chosen;
  const machine = isContainer() ? ensureStoredId(home) : (readMachineId() ?? ensureStoredId(home));
  return createHash('sha256').update(`berth\n${machine}\n${home.root}`).digest('hex').slice(0, 12);
}

/** Containers of the same image share a machine id, so it identifies none of them. */
const isContainer = (): boolean => existsSync('/.dockerenv') || existsSync('/run/.containerenv');

function readMachineId(): string | null {
  if (process.platform === 'darwin') return readPlatformId();
  const path = '/etc/machine-id';
  const id = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return id === '' || id === 'uninitialized' ? null : id;
}

function readPlatformId(): string | null {
  const registry = execFileSync('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice'], { encoding: 'utf8' });
  return /"IOPlatformUUID" = "([^"]+)"/.exec(registry)?.[1] ?? null;
}

/** Reads the random id stored in the home, and creates it the first time. */
function ensureStoredId(home: BerthHome): string {
  const path = join(home.root, 'host-id');
  if (!existsSync(path)) {
    const draft = `${path}.${process.pid}`;
    mkdirSync(home.root, { recursive: true });
    writeDurablySync(draft, randomUUID());
    try {
      linkSync(draft, path);
    } catch {
      // Another process created it first, so that id is used.
    }
    rmSync(draft);
  }
  return readFileSync(path, 'utf8').trim();
}
