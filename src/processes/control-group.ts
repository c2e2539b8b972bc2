import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Prefix of the control groups (cgroups(7), version 2) that Berth creates, one for each server. All processes
 * that a server starts stay in its group, regardless of their session and environment. The name contains the state
 * directory, so that the group is found without a record. Unused where Berth may not create groups.
 */
const prefix = 'berth-';
/** Maximum length of a directory's name. */
const maxNameLength = 255;

interface GroupOwner {
  stateDirectory: string;
}

/** Moves a process without child processes into its control group. Returns false if that is not possible. */
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

/** Returns the state directory of the server whose control group the process is in. */
export function readControlGroupOwner(pid: number | string): string | undefined {
  const name = readOwnPath(pid)
    ?.split('/')
    .find((part) => part.startsWith(prefix));
  return name === undefined ? undefined : decodeName(name);
}

const decodeName = (name: string): string => Buffer.from(name.slice(prefix.length), 'base64url').toString();

/** Removes an empty control group, and the groups next to it whose state directory is gone. */
export function removeControlGroup({ stateDirectory }: GroupOwner): void {
  const group = getGroupPath(stateDirectory);
  if (group === undefined) return;
  const parent = dirname(group);
  const abandoned = listQuietly(parent).filter((name) => name.startsWith(prefix) && !existsSync(decodeName(name)));
  for (const groupPath of [group, ...abandoned.map((name) => join(parent, name))])
    try {
      rmdirSync(groupPath);
    } catch {
      // there is none, or it is not empty
    }
}

/** Checks whether this process may create a control group. */
export function canCreateControlGroup(): boolean {
  const group = getGroupPath(`probe ${process.pid}`);
  if (group === undefined) return false;
  try {
    mkdirSync(group);
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

/** Returns a path next to this process's own group, because a group below another server's would be part of it. */
function getGroupPath(stateDirectory: string): string | undefined {
  const mount = findMount();
  const ownPath = readOwnPath('self');
  const name = prefix + Buffer.from(stateDirectory).toString('base64url');
  if (mount === undefined || ownPath === undefined || name.length > maxNameLength) return undefined;
  const parts = ownPath.split('/').filter((part) => part !== '');
  const serverIndex = parts.findIndex((part) => part.startsWith(prefix));
  return join(mount, ...(serverIndex === -1 ? parts : parts.slice(0, serverIndex)), name);
}

/** Reads the path from the line of version 2: `0::/path`. */
const readOwnPath = (pid: number | string): string | undefined =>
  /^0::(.*)$/m.exec(readQuietly(`/proc/${pid}/cgroup`))?.[1];

/** Finds the mount point of version 2: `ID PARENT DEVICE ROOT MOUNT … - cgroup2 …` (proc(5)). */
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
    return ''; // another operating system, or the process has ended
  }
}
