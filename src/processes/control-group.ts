import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The kernel's own mark: a control group (cgroups(7), version 2) of the server's own, which everything that it starts
 * stays in, whatever session it makes and whatever environment it gives itself. Its name holds the state directory, so
 * that it is found without a record. Where Berth may make none, nothing is enclosed.
 */
const prefix = 'berth-';
/** The longest name that a directory may have. */
const maxNameLength = 255;

interface GroupOwner {
  stateDirectory: string;
}

/** Puts a process that has started nothing yet into its control group. Whether that could be done. */
export function addToControlGroup(pid: number | undefined, { stateDirectory }: GroupOwner): boolean {
  const group = getGroupPath(stateDirectory);
  if (group === undefined || pid === undefined) return false;
  try {
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return true;
  } catch {
    return false; // not delegated to this user, or read-only, as in most containers
  }
}

/** The state directory of the server whose control group the process is in. */
export function readControlGroupOwner(pid: number | string): string | undefined {
  const name = readOwnPath(pid)
    ?.split('/')
    .find((part) => part.startsWith(prefix));
  return name === undefined ? undefined : decodeName(name);
}

const decodeName = (name: string): string => Buffer.from(name.slice(prefix.length), 'base64url').toString();

/** Removes the control group once nothing is in it, and those beside it whose state directory is gone. */
export function removeControlGroup({ stateDirectory }: GroupOwner): void {
  const group = getGroupPath(stateDirectory);
  if (group === undefined) return;
  const parent = dirname(group);
  const abandoned = listQuietly(parent).filter((name) => name.startsWith(prefix) && !existsSync(decodeName(name)));
  for (const groupPath of [group, ...abandoned.map((name) => join(parent, name))])
    try {
      rmdirSync(groupPath);
    } catch {
      // there is none, or something is in it
    }
}

/** Whether one may be made here. */
export function canCreateControlGroup(): boolean {
  const probe = getGroupPath(`probe ${process.pid}`);
  if (probe === undefined) return false;
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
}

/** Beside this process's own, for what is below another's one is part of that. */
function getGroupPath(stateDirectory: string): string | undefined {
  const mount = findMount();
  const own = readOwnPath('self');
  const name = prefix + Buffer.from(stateDirectory).toString('base64url');
  if (mount === undefined || own === undefined || name.length > maxNameLength) return undefined;
  const parts = own.split('/').filter((part) => part !== '');
  const inside = parts.findIndex((part) => part.startsWith(prefix));
  return join(mount, ...(inside === -1 ? parts : parts.slice(0, inside)), name);
}

/** Of the line `0::/path`, which is version 2's. */
const readOwnPath = (pid: number | string): string | undefined =>
  /^0::(.*)$/m.exec(readQuietly(`/proc/${pid}/cgroup`))?.[1];

/** Where version 2 is mounted: `ID PARENT DEVICE ROOT MOUNT … - cgroup2 …` (proc(5)). */
const findMount = (): string | undefined =>
  /^\S+ \S+ \S+ \S+ (\S+) .*- cgroup2 /m.exec(readQuietly('/proc/self/mountinfo'))?.[1];

function listQuietly(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readQuietly(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // another system, or it has ended
  }
}
