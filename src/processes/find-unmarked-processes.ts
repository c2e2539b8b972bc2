import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';

/** A process without any mark that works in a deployment's directory. */
export interface UnmarkedProcess {
  pid: number;
  /** What its mark would say: the revision's state directory, or the deployment's logs. */
  value: string;
  /** Whether nobody but the deployment's software can have started it. */
  isProven: boolean;
}

/** What everybody's programs have of whoever started them, and a cleared environment has not. */
const commonVariables = ['HOME', 'USER', 'LOGNAME', 'SHELL'];

/**
 * Unmarked processes that work in the directory: they write to a log or a state file there, or run in a revision. One that
 * has no terminal and none of the variables that everybody's programs have cleared its environment on purpose. A shell, an
 * editor or a caller of the user's has not, and may write to these files as well: it is named, and never ended.
 */
export function findUnmarkedProcesses(directory: string, isMarked: (pid: number) => boolean): UnmarkedProcess[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  return pids.flatMap((entry) => {
    const written = listWritableFiles(entry)
      .map(toMarkValue)
      .find((place) => place?.startsWith(directory));
    const used =
      written ??
      listUsedPaths(entry)
        .map(toMarkValue)
        .find((place) => place?.startsWith(directory));
    if (used === undefined || isMarked(Number(entry)) || isBerthProcess(entry)) return [];
    return [{ pid: Number(entry), value: used, isProven: hasClearedEnvironment(entry) && !hasTerminal(entry) }];
  });
}

/** As marks name it: a file of a revision by its state directory, any other of the deployment's by the logs. */
function toMarkValue(path: string): string | undefined {
  const revision = /^(.*\/revisions\/[^/]+)(\/|$)/.exec(path)?.[1];
  if (revision !== undefined) return `${revision}${sep}state`;
  return /^(.*\/logs)\/[^/]+$/.exec(path)?.[1];
}

/**
 * Files below a revision's state or among the logs that it has open for writing. The counts of calls are written by
 * callers, who are anybody's programs (`call-tally.ts`).
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

/** `O_WRONLY` and `O_RDWR` of open(2), which `fdinfo` has in octal. */
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

/** The seventh field of `/proc/PID/stat` is the controlling terminal, 0 where there is none. */
function hasTerminal(pid: string): boolean {
  const text = readText(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[4] !== '0';
}

/** A command that follows a log, a worker that writes to one. */
const isBerthProcess = (pid: string): boolean => /dist\/(client|worker)\.js\0/.test(readText(`/proc/${pid}/cmdline`));

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // another user's, or it ended meanwhile
  }
}

/** Of what was removed the kernel says so behind the path. */
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
