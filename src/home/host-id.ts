import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurablySync } from './durable-file.js';
import { type BerthHome, berthHome } from './home.js';

/**
 * Names this machine and this home, the same at every start: who polls `berth-host-<id>` finds the workspaces and the
 * processes of the deployments there. `BERTH_HOST_ID` overrides it.
 */
export function getHostId(home: BerthHome = berthHome()): string {
  const chosen = process.env.BERTH_HOST_ID;
  if (chosen) return chosen;
  const machine = isContainer() ? ensureStoredId(home) : (readMachineId() ?? ensureStoredId(home));
  return createHash('sha256').update(`berth\n${machine}\n${home.root}`).digest('hex').slice(0, 12);
}

/** All containers of an image share its machine id. */
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

/** A random id, made once and kept in the home. */
function ensureStoredId(home: BerthHome): string {
  const path = join(home.root, 'host-id');
  if (!existsSync(path)) {
    const own = `${path}.${process.pid}`;
    mkdirSync(home.root, { recursive: true });
    writeDurablySync(own, randomUUID());
    try {
      linkSync(own, path);
    } catch {
      // Another process was faster: its id counts.
    }
    rmSync(own);
  }
  return readFileSync(path, 'utf8').trim();
}
