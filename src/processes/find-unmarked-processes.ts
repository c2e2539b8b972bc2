import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';

/** A process that works in a deployment's directory and has no mark. */
export interface UnmarkedProcess {
  pid: number;
  /** The value that its mark would have: the revision's state directory, or the deployment's logs. */
  value: string;
  /** True if it can only have been started by the deployment's software. */
  isProven: boolean;
}

/** Variables that a program inherits from the process that started it, unless the environment was cleared. */
const commonVariables = ['HOME', 'USER', 'LOGNAME', 'SHELL'];

/**
 * Finds unmarked processes that work in the directory: they write to a log or a state file there, or run in a revision.
 * A process without a terminal and without the common variables has cleared its environment on purpose. The user's
 * shell, editor or caller has not, and may also write to these files: Berth reports such a process and never kills it.
 */
export function findUnmarkedProcesses(directory: string, isMarked: (pid: number) => boolean): UnmarkedProcess[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  return pids.flatMap((entry) => {
    const writtenValue = listWritableFiles(entry)
      .map(toMarkValue)
      .find((mark) => mark?.startsWith(directory));
    const value =
      writtenValue ??
      listUsedPaths(entry)
        .map(toMarkValue)
        .find((mark) => mark?.startsWith(directory));
    if (value === undefined || isMarked(Number(entry)) || isBerthProcess(entry)) return [];
    return [{ pid: Number(entry), value, isProven: hasClearedEnvironment(entry) && !hasTerminal(entry) }];
  });
}

/** Returns the value of the mark: the state directory for a file of a revision, the logs for any other file. */
function toMarkValue(path: string): string | undefined {
  const revision = /^(.*\/revisions\/[^/]+)(\/|$)/.exec(path)?.[1];
  if (revision !== undefined) return `${revision}${sep}state`;
  return /^(.*\/logs)\/[^/]+$/.exec(path)?.[1];
}

/**
 * Lists files below a revision's state or among the logs that the process has open for writing. Leaves out call counts:
 * callers write them, and a caller can be any program (`call-counter.ts`).
 */
const listWritableFiles = (pid: string): string[] =>
  listOpenFiles(pid)
    .filter(({ path }) => /\/revisions\/[^/]+\/state\/(?!calls\/)|\/logs\/[^/]+$/.test(path))
    .filter(({ descriptor }) => isWritable(pid, descriptor))
    .map(({ path }) => path);

const listUsedPaths = (pid: string): string[] =>
  ['cwd', 'exe'].map((link) => readLink(`/proc/${pid}/${link}`)).filter((path) => path.includes('/revisions/'));

const listOpenFiles = (pid: string): { descriptor: string; path: string }[] =>
  listDirectory(`/proc/${pid}/fd`).map((descriptor) => ({
    descriptor,
    path: readLink(`/proc/${pid}/fd/${descriptor}`),
  }));

/** Tests for `O_WRONLY` and `O_RDWR` of open(2), which `fdinfo` has in octal. */
const isWritable = (pid: string, descriptor: string): boolean => {
  const flags = /^flags:\s*(\d+)$/m.exec(readText(`/proc/${pid}/fdinfo/${descriptor}`))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
};

function hasClearedEnvironment(pid: string): boolean {
  const names = readText(`/proc/${pid}/environ`)
    .split('\0')
    .map((variable) => variable.split('=')[0]);
  return !commonVariables.some((name) => names.includes(name));
}

/** Reads the seventh field of `/proc/PID/stat`: the controlling terminal, 0 for none. */
function hasTerminal(pid: string): boolean {
  const text = readText(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[4] !== '0';
}

/** Recognizes a command that follows a log, and a worker that writes to one. */
const isBerthProcess = (pid: string): boolean => /dist\/(client|worker)\.js\0/.test(readText(`/proc/${pid}/cmdline`));

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // another user's, or the process has ended
  }
}

/** Reads a link without the suffix that the kernel adds when the file was removed. */
function readLink(path: string): string {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '');
  } catch {
    return '';
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
